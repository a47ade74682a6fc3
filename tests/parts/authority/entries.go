package main

import (
	"encoding/base64"
	"encoding/hex"
	"time"

	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/tlog"
)

// The transparency log's entry for a signature, as Rekor 1 makes it.
func entries(trusted, stranger *authority, fault string, signed, another *signing) ([]*rekor.TransparencyLogEntry, error) {
	log, what := trusted, signed
	switch fault {
	case unlogged, timeless:
		return nil, nil
	case otherLog:
		log = stranger
	case otherEntry:
		what = another
	}
	entry, err := log.entry(what)
	if err != nil {
		return nil, err
	}
	switch fault {
	case brokenPromise:
		entry.InclusionPromise.SignedEntryTimestamp[8] ^= 0xff
	case brokenProof:
		entry.InclusionProof.RootHash[0] ^= 0xff
	}
	return []*rekor.TransparencyLogEntry{entry}, nil
}

func (a *authority) entry(signed *signing) (*rekor.TransparencyLogEntry, error) {
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
