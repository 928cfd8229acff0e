package webapi

import (
	"strings"

	"itlsim/cucm/database"
)

// sql is executeSQLQuery: rows with a child for each column.
func (c *call) sql() (answer, error) {
	rows, err := database.Ask(c.cluster, c.asked.child("sql").text)
	switch {
	case err == database.ErrSyntax:
		return answer{}, &fault{server, database.SyntaxCode, err.Error()}
	case err != nil:
		return answer{}, &fault{client, noCode, err.Error()}
	}
	names := make([]string, len(rows.Columns))
	for i, column := range rows.Columns {
		names[i] = strings.Trim(column, "(*)") // a count's
	}
	return answer{rows.Rows, func(w *writer) {
		for cells := range rows.All {
			w.open("row")
			for i, cell := range cells {
				w.leaf(names[i], cell)
			}
			w.close("row")
		}
	}}, nil
}
