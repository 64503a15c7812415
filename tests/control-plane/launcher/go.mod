// Starts the control plane of the loopback tests; needs nothing but the standard library.
module cronwright.internal/control-plane/launcher

go 1.26.0
