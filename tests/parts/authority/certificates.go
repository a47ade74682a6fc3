package main

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net/url"
	"strings"
	"time"

	ct "github.com/google/certificate-transparency-go"
	"github.com/google/certificate-transparency-go/tls"
	ctx509 "github.com/google/certificate-transparency-go/x509"
)

// Fulcio's extensions (fulcio, docs/oid-info.md) for the issuer of a token: the old one holds bare text.
var (
	oldIssuer = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}
	newIssuer = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}
	promises  = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
)

const lifetime = 10 * time.Minute

// A certificate of an identity from `begin` on. `ctKey` is the key of the log that promises to list it: nil promises nothing.
func (a *authority) certify(subject, issuer string, key *ecdsa.PrivateKey, begin time.Time, ctKey *ecdsa.PrivateKey) (*x509.Certificate, error) {
	template, err := leaf(subject, issuer, begin)
	if err != nil {
		return nil, err
	}
	certificate, err := a.issue(template, key)
	if err != nil || ctKey == nil {
		return certificate, err
	}
	promise, err := a.promise(certificate, ctKey)
	if err != nil {
		return nil, err
	}
	template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: promises, Value: promise})
	return a.issue(template, key)
}

func leaf(subject, issuer string, begin time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	text, err := asn1.MarshalWithParams(issuer, "utf8")
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:    serial,
		NotBefore:       begin,
		NotAfter:        begin.Add(lifetime),
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtKeyUsage:     []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: oldIssuer, Value: []byte(issuer)}, {Id: newIssuer, Value: text}},
	}
	if !strings.Contains(subject, "://") {
		template.EmailAddresses = []string{subject}
		return template, nil
	}
	address, err := url.Parse(subject)
	template.URIs = []*url.URL{address}
	return template, err
}

func (a *authority) issue(template *x509.Certificate, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, a.issuer.Intermediates[0], key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// A log's promise to list a certificate, as the certificate's extension (RFC 6962, 3.2 and 3.3).
func (a *authority) promise(certificate *x509.Certificate, ctKey *ecdsa.PrivateKey) ([]byte, error) {
	log, err := keyID(ctKey.Public())
	if err != nil {
		return nil, err
	}
	issuer, err := keyID(a.key.Public())
	if err != nil {
		return nil, err
	}
	promised := ct.SignedCertificateTimestamp{LogID: ct.LogID{KeyID: log}, Timestamp: uint64(certificate.NotBefore.UnixMilli())}
	listed := &ct.TimestampedEntry{
		EntryType:    ct.PrecertLogEntryType,
		PrecertEntry: &ct.PreCert{IssuerKeyHash: issuer, TBSCertificate: certificate.RawTBSCertificate},
	}
	signed, err := ct.SerializeSCTSignatureInput(promised, ct.LogEntry{Leaf: ct.MerkleTreeLeaf{TimestampedEntry: listed}})
	if err != nil {
		return nil, err
	}
	signature, err := tls.CreateSignature(*ctKey, tls.SHA256, signed)
	if err != nil {
		return nil, err
	}
	promised.Signature = ct.DigitallySigned(signature)
	return list(promised)
}

func list(promised ct.SignedCertificateTimestamp) ([]byte, error) {
	one, err := tls.Marshal(promised)
	if err != nil {
		return nil, err
	}
	all, err := tls.Marshal(ctx509.SignedCertificateTimestampList{SCTList: []ctx509.SerializedSCT{{Val: one}}})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(all)
}
