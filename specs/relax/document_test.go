package relax_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs/relax"
)

const any200 = `{description: anything, content: {"*/*": {}}}`

func TestResponses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		responses  string
		documented []string
		want       string
		issues     []string
	}{
		"a documented success": {
			responses: `{"200": {description: d}}`, documented: []string{"/200"},
			want: `{"200": {description: d, content: {"*/*": {}}}, default: ` + any200 + `}`,
		},
		"an assumed success is any success": {
			responses:  `{"201": {description: d, content: {application/json: {schema: {type: object, required: [id]}}}}}`,
			documented: []string{"/201/content/application~1json/schema/required/id"},
			want: `{"2XX": {description: d, content: {application/json: {schema: {required: [id]}}, "*/*": {schema: {required: [id]}}}},
				default: ` + any200 + `}`,
		},
		"an assumed 204 is any success": {
			responses: `{"204": {description: d}}`,
			want:      `{"2XX": {description: d, content: {"*/*": {}}}, default: ` + any200 + `}`,
		},
		"several assumed successes": {
			responses:  `{"200": {description: d}, "201": {description: e, content: {application/json: {schema: {type: object}}}}, "404": {description: f}}`,
			documented: []string{"/201/content/application~1json/schema/type"},
			want:       `{"404": {description: f, content: {"*/*": {}}}, "2XX": ` + any200 + `, default: ` + any200 + `}`,
			issues:     []string{"/201/content/application~1json/schema/type"},
		},
		"a documented and an assumed success": {
			responses: `{"200": {description: d}, "202": {description: e}}`, documented: []string{"/200"},
			want: `{"200": {description: d, content: {"*/*": {}}}, "2XX": {description: e, content: {"*/*": {}}}, default: ` + any200 + `}`,
		},
		"a success beside the range": {
			responses: `{"2XX": {description: d}, "202": {description: e}}`, documented: []string{"/2XX"},
			want: `{"2XX": {description: d, content: {"*/*": {}}}, "202": {description: e, content: {"*/*": {}}}, default: ` + any200 + `}`,
		},
		"other statuses stay, relaxed": {
			responses:  `{"404": {description: d, content: {application/json: {schema: {type: object, required: [code]}}}}, "4XX": {description: e}}`,
			documented: []string{"/404/content/application~1json", "/404/content/application~1json/schema/required"},
			want: `{"404": {description: d, content: {application/json: {schema: {required: [code]}}}}, "4XX": {description: e, content: {"*/*": {}}},
				default: ` + any200 + `}`,
		},
		"statuses without a body": {
			responses: `{"204": {description: d}, "304": {description: e}}`, documented: []string{"/204"},
			want: `{"204": {description: d}, "304": {description: e}, default: ` + any200 + `}`,
		},
		"a complete list": {
			responses: `{"200": {description: d}}`, documented: []string{"", "/200"},
			want: `{"200": {description: d, content: {"*/*": {}}}}`,
		},
		"a default stays": {
			responses:  `{"200": {description: d}, default: {description: e, content: {application/json: {schema: {type: object, required: [code]}}}}}`,
			documented: []string{"/200", "/default/content/application~1json", "/default/content/application~1json/schema/type"},
			want:       `{"200": {description: d, content: {"*/*": {}}}, default: {description: e, content: {application/json: {schema: {type: object}}}}}`,
		},
		"references are followed, not dropped": {
			responses: `{"200": {$ref: "#/components/responses/R"}, "401": {$ref: "#/components/responses/R"}}`, documented: []string{"/401"},
			want: `{"2XX": {$ref: "#/components/responses/R"}, "401": {$ref: "#/components/responses/R"}, default: ` + any200 + `}`,
		},
		"references to other operations are resolved": {
			responses: `{"401": {$ref: "#/paths/~1other/get/responses/200"}}`,
			want:      `{"401": {description: other, content: {application/json: {}, "*/*": {}}}, default: ` + any200 + `}`,
		},
		"several media types, none documented": {
			responses:  `{"200": {description: d, content: {text/csv: {schema: {type: string}}, "application/vnd.x+json; v=1": {schema: {type: object}}, application/json: {schema: {type: array}}}}}`,
			documented: []string{"/200", "/200/content/application~1vnd.x+json; v=1/schema/type"},
			want: `{"200": {description: d, content: {text/csv: {}, "application/vnd.x+json; v=1": {schema: {type: object}}, application/json: {}, "*/*": {schema: {type: object}}}},
				default: ` + any200 + `}`,
		},
		"a shape that is documented deep inside": {
			responses:  `{"200": {description: d, content: {application/json: {schema: {items: {allOf: [{}, {properties: {a: {type: string}}}]}}}}}}`,
			documented: []string{"/200", "/200/content/application~1json/schema/items/allOf/1/properties/a/type"},
			want: `{"200": {description: d, content: {
				application/json: {schema: {items: {allOf: [{}, {properties: {a: {type: string}}}]}}},
				"*/*": {schema: {items: {allOf: [{}, {properties: {a: {type: string}}}]}}}}}, default: ` + any200 + `}`,
		},
		"several media types, one documented": {
			responses:  `{"200": {description: d, content: {text/csv: {schema: {type: string}}, application/json: {schema: {type: array}}}}}`,
			documented: []string{"/200", "/200/content/text~1csv"},
			want:       `{"200": {description: d, content: {text/csv: {}, application/json: {}}}, default: ` + any200 + `}`,
		},
		"a media range stands already": {
			responses: `{"200": {description: d, content: {"*/*": {schema: {type: array}}}}}`, documented: []string{"/200"},
			want: `{"200": {description: d, content: {"*/*": {}}}, default: ` + any200 + `}`,
		},
		"a documented absence of content": {
			responses: `{"200": {description: d, content: {}}}`, documented: []string{"/200", "/200/content"},
			want: `{"200": {description: d, content: {}}, default: ` + any200 + `}`,
		},
		"headers": {
			responses: `{"200": {description: d, content: {}, headers: {A: {required: true, schema: {type: integer, minimum: 0}}, B: {required: true, schema: {type: string}}, C: {$ref: "#/components/headers/H"}}}}`,
			documented: []string{
				"/200", "/200/content", "/200/headers/A/required", "/200/headers/A/schema/minimum",
			},
			want: `{"200": {description: d, content: {}, headers: {A: {required: true, schema: {minimum: 0}}, B: {schema: {}}, C: {$ref: "#/components/headers/H"}}}, default: ` + any200 + `}`,
		},
		"links and examples go, extensions stay": {
			responses: `{x-a: 1, "200": {description: d, x-b: 2, links: {l: {operationId: o}}, content: {application/json: {example: 1, examples: {e: {value: 2}}, x-c: 3}}}}`, documented: []string{"/200", "/200/content/application~1json"},
			want: `{x-a: 1, "200": {description: d, x-b: 2, content: {application/json: {x-c: 3}}}, default: ` + any200 + `}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const base = "/paths/~1a~1{b}/post/responses"
			src := `{openapi: 3.1.0, paths: {
				/other: {get: {responses: {"200": {description: other, content: {application/json: {schema: {type: string}}}}}}},
				"/a/{b}": {post: {responses: ` + tt.responses + `}}},
				components: {responses: {R: {description: r}}, headers: {H: {required: true, schema: {type: string}}}}}`
			got := relax.Derive(node(t, []byte(src)), within(base, tt.documented))
			paths := value(t, got.Root).(map[string]any)["paths"].(map[string]any)
			post := paths["/a/{b}"].(map[string]any)["post"].(map[string]any)
			require.Equal(t, value(t, node(t, []byte(tt.want))), post["responses"])
			var issues []string
			for _, issue := range got.Issues {
				issues = append(issues, issue.Pointer[len(base):])
			}
			require.Equal(t, tt.issues, issues)
		})
	}
}

func TestWholeDocument(t *testing.T) {
	t.Parallel()
	const src = `
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a:
    parameters: [{name: q, in: query, required: true, schema: {type: string}}]
    post:
      operationId: createA
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [x], properties: {y: {$ref: "#/components/schemas/A/oneOf/0"}}}}}}
      responses: {"200": {$ref: "#/components/responses/R"}}
components:
  parameters: {P: {name: p, in: query, schema: {type: integer}}}
  requestBodies: {B: {content: {text/plain: {schema: {type: string}}}}}
  responses: {R: {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}}
  headers: {H: {required: true, schema: {type: string}}}
  schemas: {A: {oneOf: [{type: string}], minLength: 1}}
  pathItems: {I: {get: {responses: {"200": {description: d}}}}}
  x-more: {type: string}
`
	const want = `
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a:
    parameters: [{name: q, in: query, required: true, schema: {type: string}}]
    post:
      operationId: createA
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [x], properties: {y: {}}}}}}
      responses: {"200": {$ref: "#/components/responses/R"}, default: {description: anything, content: {"*/*": {}}}}
components:
  parameters: {P: {name: p, in: query, schema: {type: integer}}}
  requestBodies: {B: {content: {text/plain: {schema: {type: string}}}}}
  responses: {R: {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/A"}}, "*/*": {schema: {$ref: "#/components/schemas/A"}}}}}
  headers: {H: {schema: {type: string}}}
  schemas: {A: {minLength: 1}}
  pathItems: {I: {get: {responses: {"2XX": {description: d, content: {"*/*": {}}}, default: {description: anything, content: {"*/*": {}}}}}}}
  x-more: {type: string}
`
	got := relax.Derive(node(t, []byte(src)), within("", []string{
		"/paths/~1a/post/responses/200",
		"/components/responses/R/content/application~1json/schema/$ref",
		"/components/schemas/A/minLength", "/components/schemas/A/oneOf",
		"/components/headers/H/schema/type",
	}))
	require.Equal(t, value(t, node(t, []byte(want))), value(t, got.Root))
	require.Equal(t, []relax.Issue{{
		Pointer: "/components/schemas/A/oneOf", Line: 16, Assumed: "/components/schemas/A/oneOf/0/type",
		Message: "cannot judge the documented /components/schemas/A/oneOf: it depends on the assumed /components/schemas/A/oneOf/0/type",
	}}, got.Issues)
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	const src = `{paths: {/a: {get: {responses: {
		"201": {description: d, content: {application/json: {schema: {type: object}}}},
		"404": {$ref: "#/paths/~1a/get/responses/201"}}}}}}`
	got := relax.Derive(node(t, []byte(src)), within("", []string{"/paths/~1a/get/responses/201/content/application~1json/schema/type"}))
	const schema = "/content/application~1json/schema/type"
	const created = "/paths/~1a/get/responses/201"
	for relaxed, full := range map[string]string{
		"": "", "/paths/~1a/get": "/paths/~1a/get",
		"/paths/~1a/get/responses/2XX":                                 created,
		"/paths/~1a/get/responses/2XX" + schema:                        created + schema,
		"/paths/~1a/get/responses/2XX/content/*~1*/schema/type":        created + schema,
		"/paths/~1a/get/responses/404/content/*~1*/schema/type":        created + schema,
		"/paths/~1a/get/responses/default/content/*~1*":                "/paths/~1a/get/responses/default/content/*~1*",
		"/paths/~1a/get/responses/404/content/application~1json/other": created + "/content/application~1json/other",
	} {
		require.Equal(t, full, got.Origin(relaxed))
	}
}

func TestLinesAreKept(t *testing.T) {
	t.Parallel()
	root := node(t, []byte("components:\n  schemas:\n    A:\n      type: object\n      minProperties: 1\n"))
	out := relax.Document(root, within("", []string{"/components/schemas/A/minProperties"}))
	schema := out.Content[1].Content[1].Content[1]
	require.Equal(t, "minProperties", schema.Content[0].Value)
	require.Equal(t, 5, schema.Content[0].Line)
}
