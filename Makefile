# Thin verbs over the npm scripts.
.PHONY: start test build check format sim bench coverage clean

start test sim bench coverage:
	npm run $@

build check format:
	npm run $@

clean:
	rm -rf dist coverage
