// A registry in memory that has the referrers API (OCI distribution specification 1.1): go-containerregistry's own,
// which is made for tests, with a login and an access log.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	address := flag.String("address", "127.0.0.1:0", "HOST:PORT to listen on; port 0 is a free one")
	login := flag.String("login", "", "file that holds the USER:PASSWORD that every request has to give")
	flag.Parse()
	log.SetFlags(0)

	handler := referring(registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))))
	if *login != "" {
		known, err := os.ReadFile(*login)
		if err != nil {
			log.Fatal(err)
		}
		handler = guarded(handler, string(known))
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "listening on %s\n", listener.Addr())
	log.Fatal(http.Serve(listener, logged(handler)))
}
