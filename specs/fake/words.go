package fake

import (
	"fmt"
	"strings"
)

var (
	givenNames  = []string{"Ada", "Bruno", "Chiara", "Dilan", "Edda", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Lena", "Milo", "Nora", "Otto", "Pia", "Rosa", "Sami", "Tessa", "Yuki"}
	familyNames = []string{"Adler", "Brandt", "Costa", "Diaz", "Engel", "Fischer", "Garcia", "Haas", "Ivanov", "Jansen", "Keller", "Lindt", "Moreau", "Novak", "Okafor", "Peters", "Rossi", "Sato", "Tanaka", "Weber"}
	nouns       = []string{"anchor", "birch", "canyon", "delta", "ember", "falcon", "garden", "harbor", "island", "juniper", "kettle", "lantern", "meadow", "nectar", "orchid", "pebble", "quarry", "river", "summit", "timber", "umbra", "valley", "willow", "zephyr"}
	adjectives  = []string{"amber", "brisk", "calm", "distant", "early", "fresh", "gentle", "hollow", "ideal", "joint", "keen", "light", "mild", "narrow", "open", "plain", "quiet", "round", "steady", "tall"}
	verbs       = []string{"crosses", "follows", "holds", "joins", "keeps", "meets", "passes", "reaches", "shapes", "turns"}
	cities      = []string{"Aarhus", "Bergen", "Cork", "Dresden", "Espoo", "Faro", "Ghent", "Haifa", "Innsbruck", "Jena", "Kobe", "Lyon", "Malmo", "Nantes", "Oslo", "Porto", "Quito", "Riga", "Siena", "Turin"}
	countries   = []string{"AT", "BE", "CA", "CH", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "JP", "NL", "NO", "PT", "SE", "US"}
	regions     = []string{"north", "south", "east", "west", "central"}
	streets     = []string{"Station Road", "Mill Lane", "High Street", "Park Avenue", "Church Way", "Garden Row", "River Walk", "Market Square"}
	jobs        = []string{"analyst", "architect", "clerk", "designer", "editor", "engineer", "manager", "planner"}
	departments = []string{"finance", "legal", "operations", "research", "sales", "support"}
	currencies  = []string{"EUR", "USD", "GBP", "CHF", "JPY", "SEK"}
	locales     = []string{"de-DE", "en-GB", "en-US", "es-ES", "fr-FR", "it-IT"}
	languages   = []string{"de", "en", "es", "fr", "it", "nl"}
	zones       = []string{"Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo", "UTC"}
	mediaTypes  = []string{"application/json", "application/pdf", "image/png", "text/plain"}
)

func lower(s string) string { return strings.ToLower(s) }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (r *run) phrase() string   { return pick(r, adjectives) + " " + pick(r, nouns) }
func (r *run) title() string    { return capital(pick(r, adjectives)) + " " + capital(pick(r, nouns)) }
func (r *run) person() string   { return pick(r, givenNames) + " " + pick(r, familyNames) }
func (r *run) slug() string     { return pick(r, adjectives) + "-" + pick(r, nouns) }
func (r *run) file() string     { return r.slug() + ".txt" }
func (r *run) company() string  { return pick(r, familyNames) + " & " + pick(r, familyNames) }
func (r *run) street() string   { return fmt.Sprintf("%d %s", 1+r.draw(99), pick(r, streets)) }
func (r *run) postcode() string { return fmt.Sprintf("%05d", 10000+r.draw(89999)) }
func (r *run) color() string    { return fmt.Sprintf("#%06x", r.draw(1<<24)) }
func (r *run) money() string    { return fmt.Sprintf("%d.%02d", 1+r.draw(500), r.draw(100)) }

// The numbers 555-0100 to 555-0199 are set aside for fiction.
func (r *run) phone() string { return fmt.Sprintf("+1-202-555-01%02d", r.draw(100)) }

func (r *run) user() string { return lower(pick(r, givenNames)) + fmt.Sprint(1+r.draw(99)) }

func (r *run) sentence() string {
	return fmt.Sprintf("The %s %s %s the %s %s.", pick(r, adjectives), pick(r, nouns), pick(r, verbs), pick(r, adjectives), pick(r, nouns))
}
