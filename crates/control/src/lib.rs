//! The control plane: owns the settings, publishes snapshots to the data plane, implements the contract.
