package specs_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"understudy.dev/specs"
)

func TestFactCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pointer string
		below   bool
		node    string
		want    bool
	}{
		{"/a/b", false, "/a/b", true},
		{"/a/b", false, "/a", false},
		{"/a/b", false, "/a/b/c", false},
		{"/a/b", true, "/a/b/c", true},
		{"/a/b", true, "/a/b", true},
		{"/a/b", true, "/a/bc", false},
		{"/a/*/c", false, "/a/anything/c", true},
		{"/a/*/c", false, "/a/c", false},
		{"/a/*", false, "/a/b/c", false},
		{"/paths/~1a~1{id}/get", false, "/paths/~1a~1{id}/get", true},
		{"", true, "/anything", true},
		{"", false, "", true},
	} {
		f := specs.Fact{File: "openapi.yaml", Pointer: tt.pointer, Below: tt.below}
		assert.Equal(t, tt.want, f.Covers(tt.node), "%s covers %s", f, tt.node)
	}
	assert.Equal(t, "profile.yaml#/limits/...", specs.Fact{File: "profile.yaml", Pointer: "/limits", Below: true}.String())
}

func ids(requirements []*specs.Requirement) []string {
	var all []string
	for _, r := range requirements {
		all = append(all, r.ID)
	}
	return all
}

func TestOwner(t *testing.T) {
	t.Parallel()
	api := toy(t)
	const token = "/paths/~1auth~1token/post/responses/200/content/application~1json/schema"
	assert.Equal(t, []string{"TOY-AUTH-1"}, ids(api.Owner(token+"/required/token")))
	assert.Empty(t, api.Owner(token+"/required/expires_in"), "what nobody lists is assumed")
	assert.Equal(t, []string{"TOY-AUTH-2"}, ids(api.Owner(token+"/properties/expires_in/const")))
	assert.Equal(t, []string{"TOY-AUTH-3"}, ids(api.Owner("/paths/~1books/get/responses/401")))
	assert.Equal(t, []string{"TOY-BOOK-1", "TOY-BOOK-1"}, append(ids(api.Owner("/paths/~1books/post")), ids(api.Owner("/components/schemas/Book/properties/title/minLength"))...))
	assert.Empty(t, api.Owner("/paths/~1books/get/responses/200"), "an assumed requirement documents nothing")
	assert.Equal(t, []string{"TOY-LIMIT-1"}, ids(api.ProfileOwner("/limits/standard/per")))
}

func respond(t *testing.T, api *specs.API, operation, body string) (full, documented int) {
	t.Helper()
	header := http.Header{"Content-Type": {"application/json"}}
	relaxed, err := api.Documented()
	require.NoError(t, err)
	return len(api.Document.Operation(operation).ValidateResponse(200, header, []byte(body), "POST")),
		len(relaxed.Operation(operation).ValidateResponse(200, header, []byte(body), "POST"))
}

func TestDocumentedIsWeaker(t *testing.T) {
	t.Parallel()
	api := toy(t)
	for body, want := range map[string]struct{ full, documented bool }{
		`{"token": "a", "token_type": "Bearer", "expires_in": 3600}`: {true, true},
		`{"token": "a"}`: {false, true},
		`{"token": "a", "token_type": "Basic", "expires_in": 3600}`:  {false, true},
		`{"token": "a", "token_type": "Bearer", "expires_in": 3601}`: {false, false},
		`{"token": 1, "token_type": "Bearer", "expires_in": 3600}`:   {false, false},
		`{"token_type": "Bearer", "expires_in": 3600}`:               {false, false},
	} {
		full, documented := respond(t, api, "createToken", body)
		assert.Equal(t, want.full, full == 0, "in full: %s", body)
		assert.Equal(t, want.documented, documented == 0, "as documented: %s", body)
	}
}

func TestDocumentedIsMadeOnce(t *testing.T) {
	t.Parallel()
	api := toy(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			_, err := api.Documented()
			assert.NoError(t, err)
		})
	}
	group.Wait()
	a, _ := api.Documented()
	b, _ := api.Documented()
	assert.Same(t, a, b)
}

func TestAllDocumented(t *testing.T) {
	t.Parallel()
	api, err := specs.Load(fstest.MapFS{
		"a/openapi.yaml":      {Data: []byte(nested)},
		"a/requirements.yaml": {Data: []byte("openapi: documented\n")},
	}, "a")
	require.NoError(t, err)
	documented, err := api.Documented()
	require.NoError(t, err)
	assert.Same(t, api.Document, documented)
	assert.Equal(t, "/paths", api.Origin("/paths"))
}

func TestLint(t *testing.T) {
	t.Parallel()
	api, err := specs.Load(fstest.MapFS{
		"a/openapi.yaml": {Data: []byte(nested)},
		"a/requirements.yaml": {Data: []byte(strings.TrimPrefix(`
sources:
  guide: {title: Guide}
requirements:
  A-1: {level: MUST, basis: documented, text: No facts., source: guide}
  A-2:
    level: MUST
    basis: documented
    text: An excuse and a check.
    source: guide
    facts: [openapi.yaml#/info/title]
    excuse: {reason: not-http, text: Really.}
  A-3: {level: SHOULD, basis: assumed, text: Assumed with a source., source: guide}
  A-4: {level: SHOULD, basis: assumed, text: Nothing to say.}
  A-5: {level: MUST, basis: documented, text: Excused., source: guide, excuse: {reason: not-http, text: Really.}}
  A-6:
    level: MUST
    basis: documented
    text: A value of a list that nobody documents.
    source: guide
    facts: [openapi.yaml#/components/schemas/NewUser/properties/role/enum/reader]
`, "\n"))},
		"a/checks/x.txtar": {Data: []byte("# A-2 MUST hold\nGET /users\nstatus 200\n")},
	}, "a")
	require.NoError(t, err)
	var found []string
	for _, one := range api.Lint() {
		found = append(found, one.Error())
	}
	require.Len(t, found, 4)
	assert.Contains(t, found[0], "a/openapi.yaml:")
	assert.Contains(t, found[0], "cannot judge the documented /components/schemas/NewUser/properties/role/enum/reader")
	assert.Equal(t, []string{
		"a/requirements.yaml:4: A-1 is documented but lists no facts: nothing rests on it",
		"a/requirements.yaml:5: A-2 has an excuse and checks; one of them is too much",
		"a/requirements.yaml:12: A-3 has a source, so it is documented, not assumed",
	}, found[1:])
}

func TestLintFindsClosedOperations(t *testing.T) {
	t.Parallel()
	profile := "credentials: {key: {opaque: \"${token(9)}\"}}\nauth: {key: {accepts: [key]}}\n"
	var found []string
	for _, one := range with(t, secured, profile).Lint() {
		found = append(found, one.Error())
	}
	assert.Equal(t, []string{"a/openapi.yaml:15: listWindows refuses everybody: auth accepts nothing for its security schemes"}, found)
}

func TestFilesBesideTheDocument(t *testing.T) {
	t.Parallel()
	document := strings.ReplaceAll(nested, "#/components/schemas/Post", "schemas.yaml#/Post")
	api, err := specs.Load(fstest.MapFS{
		"apis/a/openapi.yaml": {Data: []byte(document)},
		"apis/a/schemas.yaml": {Data: []byte("Post: {type: object, properties: {id: {type: integer}, text: {type: string}}}\n")},
		"apis/a/requirements.yaml": {Data: []byte("sources: {g: {title: G}}\nrequirements:\n  A-1:\n    level: MUST\n    basis: documented\n" +
			"    text: Posts.\n    source: g\n    facts: [\"openapi.yaml#/paths/~1users~1{userId}~1posts/get\"]\n")},
	}, "apis/a")
	require.NoError(t, err)
	assert.Equal(t, "apis/a", api.Dir)
	assert.Equal(t, "create posts of users by user_id (userId); read posts id made['id']", told(api.Profile.Operations["createPost"]))
	_, err = api.Documented()
	require.NoError(t, err)
}
