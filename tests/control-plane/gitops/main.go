// Command gitops judges objects as GitOps tools do: by kstatus, which Flux waits with, and by a health check in Lua, which
// Argo CD runs.
//
// It reads one JSON object on standard input and prints one line of JSON.
//
//	gitops kstatus           {"status":"InProgress","message":"..."}
//	gitops lua CHECK.lua     {"status":"Progressing","message":"..."}
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type verdict struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

func main() {
	answer, err := judge(os.Args[1:], os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gitops:", err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fmt.Fprintln(os.Stderr, "gitops:", err)
		os.Exit(1)
	}
}

func judge(arguments []string, input io.Reader) (verdict, error) {
	text, err := io.ReadAll(input)
	if err != nil {
		return verdict{}, err
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(text); err != nil {
		return verdict{}, fmt.Errorf("standard input is no object: %w", err)
	}
	switch {
	case len(arguments) == 1 && arguments[0] == "kstatus":
		return byKstatus(object)
	case len(arguments) == 2 && arguments[0] == "lua":
		check, err := os.ReadFile(arguments[1])
		if err != nil {
			return verdict{}, err
		}
		return byLua(string(check), object.Object)
	default:
		return verdict{}, fmt.Errorf("write gitops kstatus, or gitops lua CHECK.lua")
	}
}

func byKstatus(object *unstructured.Unstructured) (verdict, error) {
	result, err := status.Compute(object)
	if err != nil {
		return verdict{}, err
	}
	return verdict{Status: string(result.Status), Message: result.Message}, nil
}

// byLua runs a check as Argo CD does: the object is the global obj, and only harmless libraries are there.
func byLua(check string, object map[string]any) (verdict, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	libraries := []struct {
		name string
		open lua.LGFunction
	}{
		{lua.LoadLibName, lua.OpenPackage},
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
		{lua.StringLibName, lua.OpenString},
	}
	for _, library := range libraries {
		call := lua.P{Fn: state.NewFunction(library.open), NRet: 0, Protect: true}
		if err := state.CallByParam(call, lua.LString(library.name)); err != nil {
			return verdict{}, err
		}
	}
	state.SetGlobal("obj", value(state, object))
	if err := state.DoString(check); err != nil {
		return verdict{}, err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return verdict{}, fmt.Errorf("the check returns %s, not a table", state.Get(-1).Type())
	}
	return verdict{
		Status:  lua.LVAsString(table.RawGetString("status")),
		Message: lua.LVAsString(table.RawGetString("message")),
	}, nil
}

// value turns JSON into Lua.
func value(state *lua.LState, from any) lua.LValue {
	switch from := from.(type) {
	case map[string]any:
		table := state.NewTable()
		for name, field := range from {
			table.RawSetString(name, value(state, field))
		}
		return table
	case []any:
		table := state.NewTable()
		for _, item := range from {
			table.Append(value(state, item))
		}
		return table
	case string:
		return lua.LString(from)
	case int64:
		return lua.LNumber(from)
	case float64:
		return lua.LNumber(from)
	case bool:
		return lua.LBool(from)
	default:
		return lua.LNil
	}
}
