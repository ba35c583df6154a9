// Package find looks into JSON answers whose shape no document states: which thing was created, where the object with
// a certain field stands, whether there are more pages. Wrappings do not matter to it.
//
// It sends nothing; it reads answers and says what could be asked next.
//
//	id, ok := find.Created(header.Get("Location"), body, "/books", "")
//	object, ok := find.Object(body, "title", func(v gjson.Result) bool { return v.String() == "Emma" })
//	next := find.NextPage(header, body, asked, parameters)
package find
