// npm run soak: the development cluster killed as a whole, again and again.
// npm run soak -- local-4: every node of a cluster of processes killed, paused and cut off in turn.

if (process.argv[2] === 'local-4') await import('./soak-nodes.ts')
else await import('./soak-kill.ts')
