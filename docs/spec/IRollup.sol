// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The rollup module at 0x000000000000000000000000000000000000a104. See rollup-module.md.
interface IRollup {
    function register(
        bytes calldata blsKey,
        bytes calldata possession,
        bytes32 spendKey
    ) external payable returns (uint64 index);
    function registerWithLocks(
        bytes calldata blsKey,
        bytes calldata possession,
        bytes32 spendKey,
        uint64 wanted
    ) external payable returns (uint64 index, uint64 locks);
    function deposit(uint64 index) external payable;
    function forceTransfer(uint64 from, uint64 to, uint64 amount) external;
    function claimExit(
        uint64 shard,
        uint64 number,
        uint64 position,
        uint64 from,
        uint64 amount,
        uint64 entry,
        uint64 total,
        bytes calldata proof
    ) external;
    function freeze(uint64 shard) external;
    function exitFrozen(uint64 index, bytes32 record, bytes calldata proof) external;
    function settleFrozen(
        uint64 lock,
        uint64 amount,
        bytes32 hash,
        bytes32 record,
        bytes calldata proof
    ) external;
    function refundMessage(uint64 shard, uint64 message) external;
    function refundParcel(
        uint64 source,
        uint64 number,
        uint64 position,
        uint64 from,
        uint64 to,
        uint64 amount,
        uint64 entry,
        uint64 total,
        bytes calldata proof
    ) external;
    function challenge(bytes calldata proof) external payable returns (bool proved);
    function accountCount() external view returns (uint64);
    function accountOf(uint64 index)
        external view
        returns (
            address owner,
            bytes memory blsKey,
            bytes32 spendKey
        );
    function lockOwner(uint64 index) external view returns (bool known, uint64 account);
    function ownedCount(address owner) external view returns (uint64);
    function ownedAt(address owner, uint64 nth) external view returns (uint64 index);
    function shardCount() external view returns (uint64);
    function shardChange()
        external view
        returns (uint64 shards, uint64 epoch, uint64 putOff, string memory why, uint64 shard);
    function shardOf(uint64 shard)
        external view
        returns (
            uint64 number,
            bytes32 hash,
            uint64 entries,
            uint64 supply,
            uint64 rootNumber,
            bytes32 root,
            address sequencer,
            uint64 timestampMs,
            bool frozen
        );
    function inboxOf(uint64 shard)
        external view
        returns (
            uint64 kept,
            uint64 consumed,
            uint64 count
        );
    function messageAt(uint64 shard, uint64 message)
        external view
        returns (
            bool known,
            uint8 kind,
            uint64 from,
            uint64 to,
            uint64 amount,
            uint64 height
        );
    function exitsOf(uint64 shard, uint64 number)
        external view
        returns (
            bytes32 root,
            uint64 unpaid,
            bool paysNow
        );
    function isExitPaid(uint64 shard, uint64 number, uint64 position) external view returns (bool);
    function hasLeft(uint64 index) external view returns (bool);
    function owed()
        external view
        returns (
            uint64 supply,
            uint64 inbox,
            uint64 exits,
            uint64 parcels
        );

    event AccountRegistered(
        uint64 indexed index,
        address indexed owner,
        bytes blsKey,
        bytes32 spendKey,
        uint64 amount
    );
    event InboxMessage(
        uint64 indexed shard,
        uint64 indexed message,
        uint8 kind,
        uint64 from,
        uint64 to,
        uint64 amount
    );
    event ExitPaid(
        uint64 indexed shard,
        uint64 indexed number,
        uint64 indexed position,
        uint64 from,
        address owner,
        uint64 amount
    );
    event ShardFrozen(uint64 indexed shard, uint64 number, bytes32 root, uint64 supply);
    event LeftFrozen(uint64 indexed index, address indexed owner, uint64 amount);
    event LockSettled(
        uint64 indexed lock,
        uint64 indexed payee,
        uint64 use,
        uint64 paid,
        uint64 rest,
        bytes32 hash
    );
    event MessageRefunded(
        uint64 indexed shard,
        uint64 indexed message,
        address indexed owner,
        uint64 amount
    );
    event ParcelRefunded(
        uint64 indexed source,
        uint64 indexed number,
        uint64 indexed position,
        uint64 to,
        address owner,
        uint64 amount
    );
    event ClaimChallenged(
        uint64 indexed shard,
        uint64 indexed number,
        address indexed challenger,
        bool proved,
        string what,
        address sequencer
    );
}
