// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The staking module at 0x000000000000000000000000000000000000a102. See staking.md.
interface IStaking {
    function register(
        bytes calldata blsPublicKey,
        bytes calldata possession,
        bytes calldata authorization,
        bytes32 vrfPublicKey,
        uint64 commission
    ) external payable;
    function rotateVrfKey(bytes32 vrfPublicKey) external;
    function bond() external payable;
    function delegate(address validator) external payable;
    function unbond(address validator, uint256 amount) external;
    function withdraw() external;
    function claimRewards(address validator) external;
    function unjail() external;
    function submitEvidence(bytes calldata evidence) external;
    function validatorOf(address operator)
        external view
        returns (
            uint8 status,
            bytes memory blsPublicKey,
            bytes32 vrfPublicKey,
            uint64 commission,
            uint256 bonded,
            uint256 shares,
            uint64 jailedUntil,
            uint256 commissionOwed,
            bool admitted
        );
    function delegationOf(address validator, address delegator)
        external view
        returns (
            uint256 bonded,
            uint256 shares,
            uint256 rewards
        );
    function claimsOf(address owner) external view returns (uint256 count, uint256 total);
    function claimOf(address owner, uint256 index)
        external view
        returns (
            address validator,
            uint256 amount,
            uint256 worth,
            uint64 maturesAt
        );
    function authority(address operator) external view returns (bool);
    function operatorOfKey(bytes calldata blsPublicKey) external view returns (address);
    function weightOf(address operator, uint64 epoch)
        external view
        returns (
            uint256 stake,
            bool authority
        );
    function totalBonded() external view returns (uint256);
    function validatorCount() external view returns (uint256);
    function validatorAt(uint256 index) external view returns (address);

    event Registered(
        address indexed validator,
        bytes blsPublicKey,
        bytes32 vrfPublicKey,
        uint64 commission
    );
    event VrfKeyRotated(address indexed validator, bytes32 vrfPublicKey);
    event Bonded(
        address indexed validator,
        address indexed delegator,
        uint256 amount,
        uint256 shares
    );
    event Unbonded(
        address indexed validator,
        address indexed delegator,
        uint256 amount,
        uint64 maturesAt
    );
    event Withdrawn(address indexed owner, uint256 paid, uint256 slashed);
    event RewardsClaimed(address indexed validator, address indexed owner, uint256 amount);
    event Slashed(address indexed validator, uint64 epoch, uint256 amount, uint256 basisPoints);
    event EvidenceAccepted(
        address indexed validator,
        address indexed reporter,
        uint8 rule,
        uint64 epoch,
        uint256 reward
    );
    event Jailed(address indexed validator, uint64 until);
    event Unjailed(address indexed validator);
    event Tombstoned(address indexed validator);
}
