// Every type of the catalogue with every role, against a table written by hand: what is compiled in
// comes from the schema, so only a second opinion can find a mistake in the schema.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "contract/event_type.h"
#include "contract/json.h"

namespace lifeline::contract {
namespace {

constexpr std::array all_roles = {Role::user,    Role::agent, Role::operator_, Role::viewer,
                                  Role::service, Role::admin, Role::auditor,   Role::server};

Json table() {
    std::ifstream file("tests/contract/publishers.json");
    std::stringstream text;
    text << file.rdbuf();
    auto json = Json::parse(text.str());
    EXPECT_TRUE(json);
    return *json;
}

std::set<std::string, std::less<>> words(const std::optional<Json>& list) {
    std::set<std::string, std::less<>> found;
    if (!list) return found;
    for (const Json& word : list->items()) found.emplace(*word.as_text());
    return found;
}

// The names of the files, not the compiled table's.
std::set<std::string> catalogue() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator("schema/v1/events")) {
        const std::string name = entry.path().stem().string();
        names.insert(name == "x" ? "x.*" : name);
    }
    return names;
}

EventType type_of(const std::string& name) {
    const auto type = find_type(name == "x.*" ? "x.any" : name);
    EXPECT_TRUE(type) << name;
    return type.value_or(EventType::custom);
}

TEST(Publishers, AreThoseOfTheTable) {
    const Json said = table();
    const auto not_the_server = words(said.find("notTheServer"));
    const auto names = catalogue();
    ASSERT_GE(names.size(), 110U);
    for (Role role : all_roles) {
        const auto allowed = words(said.find("roles")->find(to_text(role)));
        for (const auto& name : names) {
            const bool may =
                role == Role::server ? !not_the_server.contains(name) : allowed.contains(name);
            EXPECT_EQ(may_publish(role, type_of(name)), may) << name << " " << to_text(role);
        }
    }
}

TEST(Publishers, OfTheTableAreInTheCatalogue) {
    const Json said = table();
    const auto names = catalogue();
    for (const auto& [role, list] : said.find("roles")->members()) {
        EXPECT_TRUE(role_from(role)) << role;
        for (const auto& name : words(list)) EXPECT_TRUE(names.contains(name)) << name;
    }
    for (const auto& name : words(said.find("notTheServer"))) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
}

}  // namespace
}  // namespace lifeline::contract
