package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	dssepb "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/protobuf/encoding/protojson"
)

const (
	mediaType   = "application/vnd.dev.sigstore.bundle.v0.3+json"
	payloadType = "application/vnd.in-toto+json"
)

// What can be wrong with a bundle whose signature is right.
const (
	expired        = "certificate-expired" // before the log entry and the timestamp
	early          = "certificate-begins-later"
	otherIssuer    = "certificate-of-another-authority"
	unpromised     = "certificate-in-no-log"
	otherPromise   = "certificate-in-another-log"
	unlogged       = "no-log-entry" // there is a timestamp
	unstamped      = "no-timestamp" // there is a log entry
	timeless       = "no-log-entry-and-no-timestamp"
	otherLog       = "entry-in-another-log"
	otherEntry     = "entry-of-another-signature"
	brokenPromise  = "entry-with-a-broken-promise"
	brokenProof    = "entry-with-a-broken-proof"
	otherStamp     = "timestamp-of-another-authority"
	stampedAnother = "timestamp-of-another-signature"
	otherSignature = "signature-by-another-key"
)

// What is signed once; `raw` is the signature's bytes.
type signing struct {
	certificate *x509.Certificate
	envelope    *dsse.Envelope
	raw         []byte
}

func sign(trusted, stranger *authority, ordered order) ([]byte, error) {
	signed, err := newSigning(trusted, stranger, ordered, ordered.Payload)
	if err != nil {
		return nil, err
	}
	another, err := newSigning(trusted, stranger, ordered, append(bytes.Clone(ordered.Payload), '\n'))
	if err != nil {
		return nil, err
	}
	material := &bundlepb.VerificationMaterial{
		Content: &bundlepb.VerificationMaterial_Certificate{Certificate: &common.X509Certificate{RawBytes: signed.certificate.Raw}},
	}
	if material.TlogEntries, err = entries(trusted, stranger, ordered, signed, another); err != nil {
		return nil, err
	}
	if material.TimestampVerificationData, err = timestamps(trusted, stranger, ordered.Fault, signed, another); err != nil {
		return nil, err
	}
	raw := signed.raw
	if ordered.Fault == otherSignature {
		raw = another.raw
	}
	envelope := &dssepb.Envelope{Payload: ordered.Payload, PayloadType: payloadType, Signatures: []*dssepb.Signature{{Sig: raw}}}
	content := &bundlepb.Bundle_DsseEnvelope{DsseEnvelope: envelope}
	// The log's first entry has the index 0, which sigstore-python wants to see.
	return protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(
		&bundlepb.Bundle{MediaType: mediaType, VerificationMaterial: material, Content: content})
}

func newSigning(trusted, stranger *authority, ordered order, payload []byte) (*signing, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	issuer, ctKey, begin := trusted, trusted.ctKey, time.Now().Add(-time.Minute)
	switch ordered.Fault {
	case expired:
		begin = begin.Add(-lifetime)
	case early:
		begin = begin.Add(lifetime)
	case otherIssuer:
		issuer = stranger
	case unpromised:
		ctKey = nil
	case otherPromise:
		ctKey = stranger.ctKey
	}
	certificate, err := issuer.certify(ordered.Subject, ordered.Issuer, key, begin, ctKey)
	if err != nil {
		return nil, err
	}
	signer, err := signature.LoadECDSASigner(key, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	raw, err := signer.SignMessage(bytes.NewReader(dsse.PAE(payloadType, payload)))
	encoded := []dsse.Signature{{Sig: base64.StdEncoding.EncodeToString(raw)}}
	envelope := &dsse.Envelope{PayloadType: payloadType, Payload: base64.StdEncoding.EncodeToString(payload), Signatures: encoded}
	return &signing{certificate, envelope, raw}, err
}

func timestamps(trusted, stranger *authority, fault string, signed, another *signing) (*bundlepb.TimestampVerificationData, error) {
	stamper, what := trusted, signed.raw
	switch fault {
	case unstamped, timeless:
		return nil, nil
	case otherStamp:
		stamper = stranger
	case stampedAnother:
		what = another.raw
	}
	stamp, err := stamper.TimestampResponse(what)
	stamps := []*common.RFC3161SignedTimestamp{{SignedTimestamp: stamp}}
	return &bundlepb.TimestampVerificationData{Rfc3161Timestamps: stamps}, err
}
