#pragma once

#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "base/signature.h"
#include "base/text.h"
#include "base/virtual_loop.h"
#include "identity/authenticator.h"
#include "identity/directory.h"
#include "identity/fetcher.h"
#include "identity/instance_keys.h"
#include "identity/issuer.h"

// What the tests of this room stand in: an issuer that signs whatever it is told to, doubles for
// the journal and for HTTP, and virtual time. The clock begins at 2026-02-16T10:00:00Z.
namespace lifeline::identity::test {

inline constexpr std::int64_t start_seconds = 1'771'236'000;

class Folder {
public:
    Folder() {
        std::string path =
            (std::filesystem::temp_directory_path() / "lifeline-identity-XXXXXX").string();
        CHECK(::mkdtemp(path.data()) != nullptr);
        path_ = path;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    // Of a new file in it.
    std::filesystem::path write(std::string_view name, std::string_view text) const;

private:
    std::filesystem::path path_;
};

// Claims or a header as JSON, member by member; a value is JSON already.
class Members {
public:
    Members(std::initializer_list<std::pair<std::string, std::string>> members)
        : members_(members) {}
    Members with(std::string_view name, std::string value) const;
    Members without(std::string_view name) const;
    std::string json() const;

private:
    std::vector<std::pair<std::string, std::string>> members_;
};

using Signer = std::function<std::string(std::string_view)>;
std::string jws(std::string_view header, std::string_view payload, const Signer& sign);

// An issuer with one Ed25519 key.
class Forge {
public:
    explicit Forge(std::string key_id = "ed1", std::uint8_t seed = 1);

    Members header() const;  // EdDSA, this key, JWT.
    Members claims() const;  // Good for ten minutes.
    std::string token(const Members& header, const Members& claims) const;
    std::string token(const Members& claims) const { return token(header(), claims); }
    std::string token() const { return token(claims()); }
    Signer signer() const;
    std::string jwk() const;
    std::string jwks() const { return "{\"keys\":[" + jwk() + "]}"; }
    const SigningKey& key() const { return key_; }

private:
    std::string key_id_;
    SigningKey key_;
};

Signer hmac_signer(std::string key);
std::string seconds(std::int64_t after_start);

// The issuer that a Forge is, but for its keys.
IssuerConfig issuer_config(KeySource keys);

// HTTP, as the test says. Without an `answer`, requests wait in `pending`.
class FakeFetcher final : public Fetcher {
public:
    struct Pending {
        Request request;
        Loop& home;
        Done<Reply> done;
        void reply(Result<Reply> reply);
    };
    void get(Request request, Loop& home, Done<Reply> done) override;

    std::function<Result<Reply>(const Request&)> answer;
    std::deque<Pending> pending;
    std::vector<Request> asked;
};

Result<Fetcher::Reply> ok(std::string body);
Result<Fetcher::Reply> status(int status);
Result<Fetcher::Reply> no_answer();

// The instance's stream: applies what it is given to the directory, as reading back its own event
// would, then answers. Fails while `failing` is set, and keeps silent while `silent` is.
class FakeLog final : public DirectoryLog {
public:
    FakeLog(Directory& directory, Loop& home) : directory_(directory), home_(home) {}
    void append(DirectoryChanges changes, Done<void> done) override;

    std::vector<DirectoryChange> written;
    std::size_t appends = 0;
    bool silent = false;
    std::optional<Error> failing;

private:
    Directory& directory_;
    Loop& home_;
    std::vector<Done<void>> unanswered_;
};

// An Authenticator and all it stands on.
class House {
public:
    explicit House(std::vector<IssuerConfig> issuers = {});
    explicit House(Authenticator::Options options);

    // What comes of a token, letting time pass only if it must.
    Result<Principal> ask(const std::string& token,
                          Authenticator::Purpose purpose = Authenticator::Purpose::socket);
    // "" or the reason.
    std::string reason_of(const std::string& token);
    // Appends decided changes.
    void write(const DirectoryChanges& changes);
    Deciding deciding() { return {directory, loop.clock().wall(), random}; }

    Folder folder;
    SystemRandom random;
    InstanceKeys keys;
    VirtualLoop loop;    // The home loop.
    VirtualLoop caller;  // Another one, whose clock stands still.
    Directory directory;
    FakeLog log;
    FakeFetcher fetcher;
    std::unique_ptr<Authenticator> authenticator;
};

}  // namespace lifeline::identity::test
