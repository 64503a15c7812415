// Judges dashboards by the schema that Grafana is built from.
module cronwright.internal/control-plane/grafana

go 1.26.0

require github.com/grafana/grafana-foundation-sdk/go v0.0.22
