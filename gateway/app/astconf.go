package app

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// confLine is one setting of a configuration file of Asterisk's.
type confLine struct{ section, key, value string }

// maxIncludes bounds how deep files may include one another.
const maxIncludes = 8

// readConf reads a file of Asterisk's configuration with what it includes.
func readConf(dir, name string) ([]confLine, error) {
	r := confReader{dir: dir}
	err := r.file(filepath.Join(dir, name), 0)
	return r.lines, err
}

type confReader struct {
	dir     string
	section string
	comment bool // inside ;-- --;
	lines   []confLine
}

func (r *confReader) file(path string, depth int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		r.line(scan.Text(), depth)
	}
	return scan.Err()
}

func (r *confReader) line(text string, depth int) {
	text = r.uncomment(text)
	switch {
	case text == "":
	case strings.HasPrefix(text, "#include"), strings.HasPrefix(text, "#tryinclude"):
		_, target, _ := strings.Cut(text, "include")
		r.include(strings.Trim(strings.TrimSpace(target), `"<>`), depth)
	case text[0] == '[':
		name, _, _ := strings.Cut(text[1:], "]")
		r.section = name
	default:
		key, value, _ := strings.Cut(text, "=")
		value = strings.TrimPrefix(value, ">")
		r.lines = append(r.lines, confLine{r.section, strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)})
	}
}

func (r *confReader) include(target string, depth int) {
	if depth >= maxIncludes {
		return
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(r.dir, target)
	}
	found, _ := filepath.Glob(target)
	for _, path := range found {
		_ = r.file(path, depth+1) // Asterisk itself complains of it
	}
}

// uncomment takes comments and white space off a line.
func (r *confReader) uncomment(text string) string {
	if r.comment {
		_, after, ends := strings.Cut(text, "--;")
		if !ends {
			return ""
		}
		r.comment, text = false, after
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, ";--") && !strings.HasPrefix(text, ";---") {
		_, after, ends := strings.Cut(text[3:], "--;")
		r.comment = !ends
		text = strings.TrimSpace(after)
	}
	for i := range len(text) {
		if text[i] == ';' && (i == 0 || text[i-1] != '\\') {
			return strings.TrimSpace(text[:i])
		}
	}
	return text
}

// last is the value of a setting, the last one given, as Asterisk takes it.
func last(lines []confLine, section, key string) (value string, given bool) {
	for _, l := range lines {
		if l.section == section && l.key == key {
			value, given = l.value, true
		}
	}
	return value, given
}
