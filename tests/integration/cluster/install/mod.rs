//! The chart, installed into the real control plane: whoever follows docs/install.md gets what is promised.
//!
//! The kube-controller-manager makes the ReplicaSet and the Pod. What is missing is a node, and [`node`] stands in for
//! it: it takes the Pod as the API server has it and runs the built binary in [`container`], with the Pod's own command,
//! arguments, environment, volumes and the token of its service account. The other files are tests.

// A container is a mount namespace, which only Linux has.
#![cfg(target_os = "linux")]

mod container;
mod helm;
mod node;

mod replicas;
mod story;
mod upgrade;
