// Signs statements as people and workflows do who have no key of their own: with a certificate for their identity, an entry
// in a transparency log and a timestamp. Log and timestamps are those of sigstore-go's testing authority; certificates are our
// own, because that authority's have no signed certificate timestamp and name a mail address only.
//
// Standard input is a JSON array of orders. Standard output is the trusted root of everything that was made, and for each order a
// bundle, or a log's entry where a key has signed already.
package main

import (
	"encoding/json"
	"log"
	"os"
)

// What to sign, for whom, and what is wrong with it: see the faults in bundles.go.
type order struct {
	Payload []byte `json:"payload"`
	Subject string `json:"subject"`
	Issuer  string `json:"issuer"`
	Fault   string `json:"fault"`
	Rekor   int    `json:"rekor"` // the version of the log, 1 or 2

	// What a key has signed: its entry is made, and no bundle.
	Key       string `json:"key"` // in PEM form
	Signature []byte `json:"signature"`
	Simple    bool   `json:"simple"` // of the payload itself, and not of an envelope
}

type made struct {
	TrustedRoot json.RawMessage   `json:"trustedRoot"`
	Made        []json.RawMessage `json:"made"`
}

func main() {
	log.SetFlags(0)
	var orders []order
	if err := json.NewDecoder(os.Stdin).Decode(&orders); err != nil {
		log.Fatal(err)
	}
	trusted, stranger := must(newAuthority()), must(newAuthority())
	result := made{TrustedRoot: must(trusted.root())}
	for _, each := range orders {
		make := sign
		if each.Key != "" {
			make = record
		}
		one, err := make(trusted, stranger, each)
		if err != nil {
			log.Fatalf("%s, %s: %v", each.Subject, each.Fault, err)
		}
		result.Made = append(result.Made, one)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}

func must[Made any](value Made, err error) Made {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
