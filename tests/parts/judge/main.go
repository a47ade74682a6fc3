// Judge says what an API server with one version of KServe answers to objects.
//
// Each line of standard input is a JSON array of objects, which are created one after another in a cluster that holds what
// KServe ships; each line of standard output is a JSON array of their verdicts.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// Verdict is the answer to one object. Step is what refuses it: fields, defaulter, schema, cel or validator.
type Verdict struct {
	Allowed bool   `json:"allowed"`
	Step    string `json:"step,omitempty"`
	Message string `json:"message,omitempty"`
	// Varies says that a cluster with another default deployment mode answers otherwise.
	Varies bool `json:"varies,omitempty"`
}

func main() {
	log.SetLogger(logr.Discard())
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	utilruntime.PanicHandlers = nil
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(questions io.Reader, answers io.Writer) error {
	server, err := newServer()
	if err != nil {
		return err
	}
	lines := json.NewDecoder(bufio.NewReaderSize(questions, 1<<20))
	out := bufio.NewWriter(answers)
	defer out.Flush()
	for {
		var objects []json.RawMessage
		if err := lines.Decode(&objects); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(server.createAll(objects)); err != nil {
			return err
		}
		// Whoever asks one question at a time waits for its answer.
		if err := out.Flush(); err != nil {
			return err
		}
	}
}
