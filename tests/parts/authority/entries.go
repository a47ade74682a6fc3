package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/tlog"
)

// A transparency log's entry for a signature, as Rekor 1 makes it, or Rekor 2.
func entries(trusted, stranger *authority, ordered order, signed, another *signing) ([]*rekor.TransparencyLogEntry, error) {
	log, what := trusted, signed
	switch ordered.Fault {
	case unlogged, timeless:
		return nil, nil
	case otherLog:
		log = stranger
	case otherEntry:
		what = another
	}
	entry, err := log.entry(what, ordered)
	if err != nil {
		return nil, err
	}
	switch ordered.Fault {
	case brokenPromise:
		if entry.InclusionPromise == nil {
			return nil, errors.New("Rekor 2 makes no promises")
		}
		entry.InclusionPromise.SignedEntryTimestamp[8] ^= 0xff
	case brokenProof:
		entry.InclusionProof.RootHash[0] ^= 0xff
		if ordered.Rekor == 2 {
			// sigstore-go reads the root in the checkpoint instead.
			entry.InclusionProof.Hashes = [][]byte{entry.InclusionProof.RootHash}
		}
	}
	return []*rekor.TransparencyLogEntry{entry}, nil
}

func (a *authority) entry(signed *signing, ordered order) (*rekor.TransparencyLogEntry, error) {
	if ordered.Rekor == 2 {
		return a.newerEntry(signed, ordered.Payload)
	}
	made, err := a.GenerateTlogEntry(signed.certificate, signed.envelope, signed.raw, time.Now().Unix(), true)
	if err != nil {
		return nil, err
	}
	entry := made.TransparencyLogEntry()
	promised, err := a.RekorSignPayload(tlog.RekorPayload{
		Body:           base64.StdEncoding.EncodeToString(entry.CanonicalizedBody),
		IntegratedTime: entry.IntegratedTime,
		LogIndex:       entry.LogIndex,
		LogID:          hex.EncodeToString(entry.LogId.KeyId),
	})
	entry.KindVersion = &rekor.KindVersion{Kind: "dsse", Version: "0.0.1"}
	entry.InclusionPromise = &rekor.InclusionPromise{SignedEntryTimestamp: promised}
	return entry, err
}
