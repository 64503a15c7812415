//! The dashboard as a person has it: the command on a simulated history, asked over loopback, and clicked through in Chromium.

mod browser;
mod served;
mod server;
