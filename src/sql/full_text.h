#pragma once

struct sqlite3;

namespace lifeline::sql {

// phrase_hits(t), in a query `from t where t match ...`: what ranking by bm25 asks of a hit, for
// who has the lengths of the texts at hand. FTS5's own bm25() looks each length up in a table, and
// reads all hits twice.
//
// Numbers of this machine, 32 bits each: how often each phrase of the query stands in the text. In
// front of those of the first row, 64 bits each, what is true of the query: how many phrases it
// has, how many texts there are, how many tokens in all of them, and for each phrase in how many
// texts it stands; 0 where there is one phrase only, which stands in each that is found.
void add_full_text_functions(sqlite3* connection);

}  // namespace lifeline::sql
