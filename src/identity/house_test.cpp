#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/digest.h"
#include "identity/test_house.h"

namespace lifeline::identity::test {

std::filesystem::path Folder::write(std::string_view name, std::string_view text) const {
    auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

Members Members::with(std::string_view name, std::string value) const {
    Members out = without(name);
    out.members_.emplace_back(name, std::move(value));
    return out;
}

Members Members::without(std::string_view name) const {
    Members out = *this;
    std::erase_if(out.members_, [&](const auto& member) { return member.first == name; });
    return out;
}

std::string Members::json() const {
    std::string out = "{";
    for (const auto& [name, value] : members_)
        out += fmt::format("{}\"{}\":{}", out.size() > 1 ? "," : "", name, value);
    return out + "}";
}

std::string jws(std::string_view header, std::string_view payload, const Signer& sign) {
    const std::string input = to_base64url(header) + "." + to_base64url(payload);
    return input + "." + to_base64url(sign(input));
}

Forge::Forge(std::string key_id, std::uint8_t seed)
    : key_id_(std::move(key_id)), key_([&] {
          std::array<std::uint8_t, ed25519_key_bytes> bytes;
          bytes.fill(seed);
          return SigningKey::from_seed(bytes);
      }()) {}

Members Forge::header() const {
    return {{"alg", "\"EdDSA\""}, {"kid", '"' + key_id_ + '"'}, {"typ", "\"JWT\""}};
}

Members Forge::claims() const {
    return {{"iss", "\"https://id.example/\""},
            {"aud", "\"lifeline-test\""},
            {"sub", "\"alice\""},
            {"iat", seconds(-5)},
            {"exp", seconds(600)}};
}

std::string Forge::token(const Members& header, const Members& claims) const {
    return jws(header.json(), claims.json(), signer());
}

Signer Forge::signer() const {
    return [key = key_](std::string_view input) { return std::string(view(key.sign(input))); };
}

std::string Forge::jwk() const {
    return fmt::format(R"({{"kty":"OKP","crv":"Ed25519","x":"{}","kid":"{}","alg":"EdDSA"}})",
                       to_base64url(view(key_.public_key())), key_id_);
}

Signer hmac_signer(std::string key) {
    return [key = std::move(key)](std::string_view input) {
        return std::string(view(hmac_sha256(key, input)));
    };
}

std::string seconds(std::int64_t after_start) {
    return std::to_string(start_seconds + after_start);
}

IssuerConfig issuer_config(KeySource keys) {
    IssuerConfig config;
    config.issuer = "https://id.example/";
    config.audience = {"lifeline-test"};
    config.keys = std::move(keys);
    config.account.fixed = "acct_test";
    return config;
}

void FakeFetcher::Pending::reply(Result<Reply> outcome) {
    home.post([waiting = std::move(done), outcome = std::move(outcome)]() mutable {
        waiting(std::move(outcome));
    });
}

void FakeFetcher::get(Request request, Loop& home, Done<Reply> done) {
    asked.push_back(request);
    pending.push_back({std::move(request), home, std::move(done)});
    if (!answer) return;
    pending.back().reply(answer(pending.back().request));
    pending.pop_back();
}

Result<Fetcher::Reply> ok(std::string body) {
    return Fetcher::Reply{200, std::move(body)};
}

Result<Fetcher::Reply> status(int status) {
    return Fetcher::Reply{status, "<h1>Oops</h1>"};
}

Result<Fetcher::Reply> no_answer() {
    return fail(Code::unavailable, "internal", "connection refused");
}

void FakeLog::append(DirectoryChanges changes, Done<void> done) {
    ++appends;
    if (silent) {
        unanswered_.push_back(std::move(done));
        return;
    }
    home_.post([this, changes = std::move(changes), done = std::move(done)]() mutable {
        if (failing) {
            done(fail(*failing));
            return;
        }
        for (DirectoryChange& change : changes) {
            const auto applied = directory_.apply(change.type, change.payload_json);
            EXPECT_TRUE(applied) << applied.error().detail << applied.error().pointer;
            written.push_back(std::move(change));
        }
        done({});
    });
}

House::House(std::vector<IssuerConfig> issuers)
    : House(Authenticator::Options{.issuers = std::move(issuers)}) {}

House::House(Authenticator::Options options)
    : keys([&] {
          auto made = InstanceKeys::open_or_create(folder.path() / "keys", random);
          CHECK(made.has_value());
          return *std::move(made);
      }()),
      log(directory, loop) {
    auto made = Authenticator::create(std::move(options), {.keys = keys,
                                                           .directory = directory,
                                                           .log = log,
                                                           .fetcher = fetcher,
                                                           .random = random,
                                                           .home = loop});
    EXPECT_TRUE(made) << made.error().detail;
    CHECK(made.has_value());
    authenticator = *std::move(made);
}

Result<Principal> House::ask(const std::string& token, Authenticator::Purpose purpose) {
    std::optional<Result<Principal>> outcome;
    authenticator->authenticate(token, purpose, caller,
                                [&](Result<Principal> principal) { outcome = principal; });
    loop.run();
    caller.run();
    for (int i = 0; i < 100 && !outcome; ++i) {
        loop.run_for(Millis(100));
        caller.run();
    }
    CHECK(outcome.has_value());
    return *std::move(outcome);
}

std::string House::reason_of(const std::string& token) {
    const auto outcome = ask(token);
    return outcome ? "" : outcome.error().reason;
}

void House::write(const DirectoryChanges& changes) {
    for (const DirectoryChange& change : changes)
        ASSERT_TRUE(directory.apply(change.type, change.payload_json));
}

}  // namespace lifeline::identity::test
