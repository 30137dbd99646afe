// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The governance module at 0x000000000000000000000000000000000000a103. See staking.md.
interface IGovernance {
    function proposeParameter(string calldata name, uint256 value) external returns (uint256 id);
    function proposeAdmit(address operator) external returns (uint256 id);
    function proposeRemove(address operator) external returns (uint256 id);
    function proposePin(uint8 mode) external returns (uint256 id);
    function proposeUnpin() external returns (uint256 id);
    function proposeSpend(address to, uint256 amount) external returns (uint256 id);
    function vote(uint256 id, bool support) external;
    function execute(uint256 id) external;
    function proposalCount() external view returns (uint256);
    function proposalOf(uint256 id)
        external view
        returns (
            uint8 state,
            uint8 kind,
            address proposer,
            bytes32 subject,
            uint256 value,
            uint64 epoch,
            uint64 votingEnds,
            uint64 executionEnds
        );
    function tallyOf(uint256 id)
        external view
        returns (
            uint256 stakeFor,
            uint256 stakeAgainst,
            uint256 stakeTotal,
            uint64 authoritiesFor,
            uint64 authoritiesAgainst,
            uint64 authoritiesTotal
        );
    function voteOf(uint256 id, address operator) external view returns (uint8);
    function parameter(string calldata name) external view returns (uint256);
    function admitted(address operator) external view returns (bool);
    function pinnedMode() external view returns (bool pinned, uint8 mode);

    event Proposed(
        uint256 indexed id,
        address indexed proposer,
        uint8 kind,
        bytes32 subject,
        uint256 value,
        uint64 votingEnds
    );
    event Voted(
        uint256 indexed id,
        address indexed operator,
        bool support,
        uint256 stake,
        bool authority
    );
    event Executed(uint256 indexed id, uint8 kind, bytes32 subject, uint256 value);
}
