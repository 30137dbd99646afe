// Where a node's servers answer; each only where the node has the role for it.

export interface NodeAddresses {
  rpc?: string
  ws?: string
  api?: string
  /** Base URL of its process's admin server. */
  admin?: string
  /** Multiaddress for links from other processes. */
  peer?: string
}
