#pragma once

#include <string>
#include <vector>

#include "app/listing.h"
#include "contract/json.h"

// How the replies of billing look to people: money in units of its currency.
namespace lifeline::app {

Listing usage_table();
std::vector<std::string> usage_cells(const contract::Json& row);
Listing charges_table();
std::vector<std::string> charge_cells(const contract::Json& row);
Listing margin_table();
std::vector<std::string> margin_cells(const contract::Json& row);
std::string margin_sum(const contract::Json& margin);

std::vector<std::string> card_cells(const contract::Json& listed);
std::string card_text(const contract::Json& card);
std::string statement_text(const contract::Json& statement);
std::string trace_text(const contract::Json& trace);

}  // namespace lifeline::app
