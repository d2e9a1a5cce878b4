#include "app/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "app/serve_options.h"
#include "app/settings.h"
#include "base/check.h"

// What a configuration may say, and what is said of one that may not.
namespace lifeline::app {

namespace {

class File {
public:
    explicit File(std::string_view text) {
        std::string path = (std::filesystem::temp_directory_path() / "lifeline-XXXXXX").string();
        const int descriptor = ::mkstemp(path.data());
        CHECK(descriptor >= 0);
        ::close(descriptor);
        path_ = path;
        std::ofstream(path_) << text;
    }
    ~File() { std::filesystem::remove(path_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// What is said of this file, without its path; "" when it is taken.
std::string refusal_of(std::string_view text) {
    const File file(text);
    const auto config = read_config(file.path());
    if (config) return "";
    EXPECT_EQ(config.error().reason, "config_invalid");
    const std::string said = config.error().detail;
    const std::string path = file.path().string() + ": ";
    EXPECT_TRUE(said.starts_with(path)) << said;
    return said.substr(path.size());
}

constexpr std::string_view issuer =
    "[[issuers]]\n"
    "issuer = \"https://id.example\"\n"
    "audience = \"lifeline\"\n"
    "account = \"acct_main\"\n"
    "jwks_url = \"https://id.example/jwks\"\n";

std::string with_issuer(std::string_view line) {
    return std::string(issuer) + std::string(line) + "\n";
}

}  // namespace

TEST(Config, ARefusalNamesTheLineAndTheSetting) {
    struct Case {
        std::string file;
        std::string said;
    };
    const Case cases[] = {
        {"", ""},
        {"heartbeat_ms = 30000\n[limits]\nevents_burst = 10\n", ""},
        {"\nheartbeet_ms = 1\n", "line 2: heartbeet_ms is no setting of this version"},
        {"[limits]\nevents = 1\n", "line 2: limits.events is no setting of this version"},
        {"limits = 1\n", "line 1: limits is no setting of this version"},
        {"[limits]\n\nin_flight = \"32\"\n",
         "line 3: limits.in_flight must be a whole number from 1 to 1024"},
        {"[limits]\nin_flight = 0\n",
         "line 2: limits.in_flight must be a whole number from 1 to 1024"},
        {"[limits]\nin_flight = 1.5\n",
         "line 2: limits.in_flight must be a whole number from 1 to 1024"},
        {"listen = \"8787\"\n", "line 1: listen must be address:port, for instance 127.0.0.1:8787"},
        {"listen = 8787\n", "line 1: listen must be address:port, for instance 127.0.0.1:8787"},
        {"[metrics]\nlisten = \"127.0.0.1:9464\"\n", ""},
        {"[metrics]\nlisten = \"\"\n", ""},
        {"[metrics]\nlisten = 9464\n",
         "line 2: metrics.listen must be address:port, for instance 127.0.0.1:8787"},
        {"[log]\nlevel = \"loud\"\n", "line 2: log.level must be debug, info, warn or error"},
        {"[log]\nformat = \"xml\"\n", "line 2: log.format must be text or json"},
        {"[retention]\nkeep_days = 90\ndrop_superseded_partials = true\n"
         "[[retention.accounts]]\naccount = \"acct_a\"\nkeep_days = 0\n",
         ""},
        {"[retention]\nkeep_days = -1\n",
         "line 2: retention.keep_days must be a whole number from 0 to 36500"},
        {"[retention]\ndrop_superseded_partials = 1\n",
         "line 2: retention.drop_superseded_partials must be true or false"},
        {"[[retention.accounts]]\naccount = \"acct_a\"\n[[retention.accounts]]\naccount = "
         "\"acct_a\"\n",
         "line 1: retention.accounts must be one table an account: acct_a has two"},
        {"[consent]\nrecording = \"required\"\nrecording_accounts = [\"acct_a\"]\n", ""},
        {"[consent]\nrecording = true\n",
         "line 2: consent.recording must be required (of every call) or as_asked (by the app)"},
        {"[consent]\nrecording = \"Required\"\n",
         "line 2: consent.recording must be required (of every call) or as_asked (by the app)"},
        {"[consent]\nrecording_accounts = \"acct_a\"\n",
         "line 2: consent.recording_accounts must be a list of accounts"},
        {"[consent]\nrecording_accounts = [\"acct_a\", \"main\"]\n",
         "line 2: consent.recording_accounts must be a list of accounts, each like acct_main"},
        {"public_url = \"calls.example\"\n",
         "line 1: public_url must be a URL without a slash at its end: https://calls.example.com"},
        {"public_url = \"https://calls.example/\"\n",
         "line 1: public_url must be a URL without a slash at its end: https://calls.example.com"},
        {"origins = \"https://a.example\"\n", "line 1: origins must be a list of origins"},
        {"origins = [1]\n", "line 1: origins must be a list of texts"},
        {"trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\nproxy_headers = \"forwarded\"\n", ""},
        {"trusted_proxies = \"10.0.0.0/8\"\n",
         "line 1: trusted_proxies must be a list of addresses"},
        {"trusted_proxies = [\"10.0.0.1/8\"]\n",
         "line 1: trusted_proxies must be a list of addresses; \"10.0.0.1/8\" is no address and no "
         "range of them"},
        {"proxy_headers = \"x-real-ip\"\n",
         "line 1: proxy_headers must be x-forwarded or forwarded"},
        {"[limits]\naccepts_per_second = 0\n",
         "line 2: limits.accepts_per_second must be a whole number from 1 to 100000"},
        {"[tls]\ncertificate = \"\"\n", "line 2: tls.certificate must be the path of a PEM file"},
        {"[tls]\nkey = \"key.pem\"\n", "tls.certificate and tls.key belong together"},
        {"dev = true\n", "line 1: dev is no setting of this version"},
    };
    for (const auto& [file, said] : cases) {
        SCOPED_TRACE(file);
        EXPECT_EQ(refusal_of(file), said);
    }
    EXPECT_TRUE(refusal_of("loops = \n").starts_with("line 1: ")) << "no TOML";
    EXPECT_TRUE(refusal_of("\norigins = [\"a.example\"]\n").starts_with("line 2: origins must be"));
    EXPECT_FALSE(read_config("/nowhere/lifeline.toml")) << "a file that is named is there";
}

TEST(Config, ToolsAndTheirServersAreRefusedByLineToo) {
    const std::string http = "[tools.a]\nkind = \"http\"\nurl = \"https://x.example\"\n";
    struct Case {
        std::string file;
        std::string said;
    };
    const Case cases[] = {
        {http, ""},
        {http + "[tools.b]\nkind = \"client\"\n", ""},
        {http + "timeout_ms = 0\n",
         "line 4: tools.a: timeout_ms must be a whole number of milliseconds"},
        {http + "[tools.b]\nkind = \"client\"\nattempts = 2\n",
         "line 6: tools.b: attempts must be 1: twice is only for what is read-only or idempotent"},
        {http + "[tools.a.display]\nkind = \"payment\"\namount = \"cents\"\n",
         "line 4: tools.a: display points with cents, which is no JSON pointer"},
        {http + "[tools.a.schema.properties.n]\ntype = \"int\"\n",
         "line 5: tools.a: schema /properties/n/type: names no type of JSON Schema"},
        {"[tools.a]\nkind = \"mcp\"\nserver = \"s\"\n[mcp.s]\nurl = \"https://x.example\"\n", ""},
        {"[tools.a]\nkind = \"mcp\"\nserver = \"s\"\n",
         "tools.a: server is s, and there is no [mcp.s]"},
        {"[mcp.s]\nurl = \"https://x.example\"\nrisks = { a = \"none\" }\n",
         "line 3: mcp.s: risks names no risk for a"},
        {"[mcp]\ns = 1\n", "line 2: mcp.s: must be a table"},
        {"[safety]\nconfirm_within_ms = 1\n",
         "line 2: safety.confirm_within_ms must be a whole number from 1000 to 86400000"},
        {"[safety]\npolicy = \"x\"\n", "line 2: safety.policy is no setting of this version"},
    };
    for (const auto& [file, said] : cases) {
        SCOPED_TRACE(file);
        EXPECT_EQ(refusal_of(file), said);
    }
}

TEST(Config, AnIssuerIsRefusedByLineAndSettingToo) {
    struct Case {
        std::string line;
        std::string said;
    };
    const Case cases[] = {
        {"", ""},
        {"roles = { staff = \"operator\" }\nrole_claim = \"role\"", ""},
        {"users = \"must_exist\"", ""},
        {"jwks_ulr = \"https://id.example/jwks\"",
         "line 6: issuers.jwks_ulr is no setting of this version"},
        {"users = \"nobody\"", "line 6: issuers.users must be on_first_sight or must_exist"},
        {"types = [\"JWT\", 1]", "line 6: issuers.types must be a text or a list of texts"},
        {"roles = \"operator\"",
         "line 6: issuers.roles must be a table of a claim's words and roles"},
        {"role_claim = \"role\"\nroles = { staff = \"boss\" }",
         "line 7: issuers.roles.staff names no role"},
        {"role_claim = \"role\"\nroles = { staff = \"server\" }",
         "line 7: issuers.roles.staff names no role"},
        {"lifetime_max_ms = 0",
         "line 6: issuers.lifetime_max_ms must be a whole number of milliseconds above 0"},
        {"lifetime_max_ms = 1",
         "line 1: issuer \"https://id.example\": lifetime_max must be 1 min to 400 days"},
        {"pem_file = \"key.pem\"",
         "line 1: issuers needs exactly one of jwks_file, jwks_url, pem_file, hs256_secret, "
         "introspect_url"},
        {std::string(issuer),
         "line 6: issuer \"https://id.example\": issuer is there "
         "twice"},
    };
    for (const auto& [line, said] : cases) {
        SCOPED_TRACE(line);
        EXPECT_EQ(refusal_of(with_issuer(line)), said);
    }
    EXPECT_EQ(refusal_of("issuers = 1\n"), "line 1: issuers must be [[issuers]] tables");
    const auto no_file = refusal_of(
        "[[issuers]]\nissuer = \"a\"\naudience = \"l\"\naccount = \"acct_a\"\n"
        "jwks_file = \"/nowhere/keys.json\"\n");
    EXPECT_NE(no_file.find("/nowhere/keys.json"), std::string::npos) << no_file;
}

TEST(Config, AFlagCountsOverTheFileAndOriginsAddUp) {
    const File file("listen = \"0.0.0.0:80\"\nloops = 3\norigins = [\"https://a.example\"]\n");
    ServeOptions flags;
    flags.config = file.path().string();
    flags.data = "elsewhere";
    flags.listen = "[::1]:0";
    flags.origins = {"https://b.example"};
    flags.log_level = "warn";
    flags.dev = true;
    const auto config = effective_config(flags);
    ASSERT_TRUE(config) << config.error().detail;
    const auto shown = [&](std::string_view name) {
        return settings().find(name)->second.show(*config);
    };
    const auto source = [&](std::string_view name) {
        const auto found = config->sources.find(name);
        return found == config->sources.end() ? Source::standard : found->second;
    };
    EXPECT_EQ(shown("listen"), "\"[::1]:0\"");
    EXPECT_EQ(source("listen"), Source::flag);
    EXPECT_EQ(shown("loops"), "3");
    EXPECT_EQ(source("loops"), Source::file);
    EXPECT_EQ(shown("origins"), R"(["https://a.example","https://b.example"])");
    EXPECT_EQ(source("origins"), Source::file_and_flag);
    EXPECT_EQ(shown("log.level"), "\"warn\"");
    EXPECT_EQ(config->data, "elsewhere");
    EXPECT_EQ(source("data"), Source::flag);
    EXPECT_TRUE(config->dev);
    EXPECT_EQ(shown("heartbeat_ms"), "25000");
    EXPECT_EQ(source("heartbeat_ms"), Source::standard);

    ServeOptions wrong;
    wrong.public_url = "ftp://a";
    const auto refused = effective_config(wrong);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().detail.starts_with("--public-url must be"));
}

TEST(Config, ASecretIsNotShown) {
    const File file(
        "[[issuers]]\nissuer = \"https://id.example\"\naudience = \"lifeline\"\n"
        "account = \"acct_main\"\nhs256_secret = \"canary-of-the-shared-secret-0123456789\"\n");
    const auto config = read_config(file.path());
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_EQ(config->issuers.size(), 1u);
    EXPECT_EQ(show_issuer(config->issuers.front()),
              R"({"issuer":"https://id.example","audience":["lifeline"],"hs256_secret":"***",)"
              R"("account":"acct_main","types":["JWT","at+jwt"],"lifetime_max_ms":86400000,)"
              R"("users":"on_first_sight"})");
}

}  // namespace lifeline::app
