// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// The market module at 0x000000000000000000000000000000000000a101. See market.md.
interface IMarket {
    function deposit() external payable;
    function withdraw(uint256 amount) external;
    function depositOf(address owner) external view returns (uint256);
    function authorize(address operator, uint256 allowance) external;
    function allowanceOf(address owner, address operator) external view returns (uint256);

    function openEscrow(
        bytes32 jobId,
        address coordinator,
        bytes32 requestHash,
        bytes32 modelRoot,
        uint256 priceCap,
        uint64 deadline
    ) external payable;
    function openEscrowFor(
        address consumer,
        bytes32 jobId,
        bytes32 requestHash,
        bytes32 modelRoot,
        uint256 priceCap,
        uint64 deadline
    ) external;
    function assign(bytes32 jobId, address provider, uint256 price, uint64 leaseUntil) external;
    function settle(
        bytes32 jobId,
        bytes32 receiptHash,
        bytes32 outputHash,
        uint64 units,
        uint256 amount,
        bytes calldata signature
    ) external;
    function fail(bytes32 jobId, uint8 reason) external;
    function cancel(bytes32 jobId) external;
    function refund(bytes32 jobId) external;
    function escrowOf(bytes32 jobId)
        external
        view
        returns (
            address consumer,
            address coordinator,
            address provider,
            bytes32 requestHash,
            bytes32 modelRoot,
            uint256 priceCap,
            uint256 price,
            uint64 deadline,
            uint64 leaseUntil,
            uint8 state,
            uint8 attempts,
            bytes32 receiptHash,
            uint256 paid,
            uint256 refunded
        );

    event Deposited(address indexed owner, uint256 amount);
    event Withdrawn(address indexed owner, uint256 amount);
    event Authorized(address indexed owner, address indexed operator, uint256 allowance);
    event EscrowOpened(
        bytes32 indexed jobId,
        address indexed consumer,
        address indexed coordinator,
        bytes32 requestHash,
        bytes32 modelRoot,
        uint256 priceCap,
        uint64 deadline
    );
    event Assigned(
        bytes32 indexed jobId, address indexed provider, uint256 price, uint64 leaseUntil, uint8 attempt
    );
    event Settled(
        bytes32 indexed jobId,
        address indexed provider,
        address indexed consumer,
        uint256 amount,
        uint256 refunded,
        bytes32 receiptHash,
        bytes32 outputHash
    );
    event Refunded(bytes32 indexed jobId, address indexed consumer, uint256 amount, uint8 why);
}
