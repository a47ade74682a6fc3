package main

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"time"
)

// Lets in who gives the one login (basic authentication).
func guarded(inner http.Handler, known string) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, asked *http.Request) {
		user, password, _ := asked.BasicAuth()
		if subtle.ConstantTimeCompare([]byte(user+":"+password), []byte(known)) == 1 {
			inner.ServeHTTP(answer, asked)
			return
		}
		answer.Header().Set("WWW-Authenticate", `Basic realm="kitserve"`)
		answer.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(answer, `{"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}`)
	})
}

// Counts what is written for the access log.
type counted struct {
	http.ResponseWriter
	status, size int
}

func (c *counted) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(body []byte) (int, error) {
	written, err := c.ResponseWriter.Write(body)
	c.size += written
	return written, err
}

// Writes each request to standard output, in Apache's Common Log Format as distribution does.
func logged(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, asked *http.Request) {
		count := &counted{answer, http.StatusOK, 0}
		inner.ServeHTTP(count, asked)
		at := time.Now().Format("02/Jan/2006:15:04:05 -0700")
		fmt.Printf("%s - - [%s] \"%s %s %s\" %d %d\n", asked.RemoteAddr, at, asked.Method, asked.RequestURI, asked.Proto, count.status, count.size)
	})
}
