// Package script reads check files and runs their sections. A check file is a txtar archive: commands in its comment,
// request bodies in its files. Every heading starts a section, which runs as a testscript of its own after the file's
// set-up; the lines of all other sections are blanked, so that line numbers stay those of the file.
//
// It knows the words of the language and their grammar, but not what they do: that is the Do function's.
//
//	file := script.Parse("specs/toy/checks/auth.txtar", data)
//	for _, section := range file.Sections {
//		err := script.Run(ctx, file, section, do)
//	}
//
// testscript is kept on a short leash. Only the words of [Verbs] run, its own (exec, rm, stop …) and its conditions do
// not; every argument is quoted before it is handed over, so that neither $NAME nor # has a meaning; a word can be
// negated only if it claims something; bodies are never written to disk.
package script
