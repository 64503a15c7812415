// Command grafana judges dashboards by Grafana's own schema: nothing is missing, nothing has another shape, and nothing is there
// that Grafana does not know.
//
// It reads one dashboard on standard input, prints nothing where Grafana has nothing to say, and otherwise ends with a failure and
// a line for each field.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	if err := judge(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(input io.Reader) error {
	text, err := io.ReadAll(input)
	if err != nil {
		return err
	}
	// The panels and queries that come with Grafana have schemas of their own.
	plugins.RegisterDefaultPlugins()
	var board dashboard.Dashboard
	for _, err := range []error{board.UnmarshalJSONStrict(text), board.Validate()} {
		// An empty list of findings comes as an error without words.
		if err != nil && err.Error() != "" {
			return err
		}
	}
	return nil
}
