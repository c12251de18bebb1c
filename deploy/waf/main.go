// A web application firewall before the gateway: OWASP Coraza with the whole Core Rule Set at paranoia level 1, which
// refuses what it takes for an attack. It stands for the firewall of whoever runs Consilium, in tests and for trying
// rules of one's own; it is no part of the product.
//
//	waf -listen 127.0.0.1:8081 -upstream http://127.0.0.1:8080 [-rules before.conf]
package main

import (
	"flag"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"
	txhttp "github.com/corazawaf/coraza/v3/http"
	"github.com/corazawaf/coraza/v3/types"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "where requests come in")
	upstream := flag.String("upstream", "http://127.0.0.1:8080", "the gateway")
	rules := flag.String("rules", "", "a file of rules of one's own, read before the Core Rule Set")
	flag.Parse()

	own := ""
	if *rules != "" {
		text, err := os.ReadFile(*rules)
		if err != nil {
			log.Fatal(err)
		}
		own = string(text)
	}
	waf, err := coraza.NewWAF(coraza.NewWAFConfig().
		WithRootFS(coreruleset.FS).
		WithErrorCallback(told).
		WithDirectives("Include @coraza.conf-recommended").
		WithDirectives("SecRuleEngine On").
		WithDirectives("Include @crs-setup.conf.example").
		WithDirectives(own).
		WithDirectives("Include @owasp_crs/*.conf"))
	if err != nil {
		log.Fatal(err)
	}
	target, err := url.Parse(*upstream)
	if err != nil {
		log.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = -1 // events of a stream go on as they come
	server := &http.Server{Addr: *listen, Handler: txhttp.WrapHandler(waf, proxy), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// told writes each rule that fitted, by its number: what was sent is nobody's business.
func told(rule types.MatchedRule) {
	log.Printf("rule %d, severity %s: %s", rule.Rule().ID(), rule.Rule().Severity(), rule.Message())
}
