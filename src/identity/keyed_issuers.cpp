#include "identity/keyed_issuers.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "base/log.h"
#include "contract/reason.h"
#include "identity/token_rules.h"

namespace lifeline::identity {

namespace {

Result<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(jwk_set_bytes_max + 1, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof())
        return contract::refuse(contract::reason::config_invalid,
                                fmt::format("cannot read {}", path.string()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > jwk_set_bytes_max)
        return contract::refuse(contract::reason::config_invalid,
                                fmt::format("{} is larger than 64 KiB", path.string()));
    return text;
}

Result<KeySet> only(Result<TokenKey> key) {
    if (!key) return fail(key.error());
    KeySet set;
    set.keys.push_back(*std::move(key));
    return set;
}

Result<KeySet> load(const JwksFile& source) {
    const auto text = read_file(source.path);
    if (!text) return fail(text.error());
    return parse_jwk_set(*text);
}

Result<KeySet> load(const PemFile& source) {
    const auto text = read_file(source.path);
    if (!text) return fail(text.error());
    auto key = VerifyKey::from_pem(*text);
    if (!key) return fail(key.error());
    return only(TokenKey(source.key_id, *std::move(key)));
}

Result<KeySet> load(const SharedSecret& source) {
    return only(TokenKey::shared_secret(source.key_id, source.secret));
}

// Those that are here rather than at a URL.
Result<KeySet> local_keys(const IssuerConfig& issuer) {
    Result<KeySet> keys = KeySet();
    if (const auto* file = std::get_if<JwksFile>(&issuer.keys)) keys = load(*file);
    if (const auto* file = std::get_if<PemFile>(&issuer.keys)) keys = load(*file);
    if (const auto* secret = std::get_if<SharedSecret>(&issuer.keys)) keys = load(*secret);
    if (!keys)
        return contract::refuse(
            contract::reason::config_invalid,
            fmt::format("issuer \"{}\": {}", issuer.issuer, keys.error().detail));
    return keys;
}

}  // namespace

Status check_key_file(const IssuerConfig& issuer) {
    const auto keys = local_keys(issuer);
    return keys ? Status() : fail(keys.error());
}

Result<std::vector<std::pair<std::string, KeySet>>> read_local_keys(
    const std::vector<IssuerConfig>& issuers) {
    std::vector<std::pair<std::string, KeySet>> all;
    for (const IssuerConfig& issuer : issuers) {
        if (std::holds_alternative<JwksUrl>(issuer.keys) ||
            std::holds_alternative<Introspection>(issuer.keys))
            continue;
        auto keys = local_keys(issuer);
        if (!keys) return fail(keys.error());
        all.emplace_back(issuer.issuer, *std::move(keys));
    }
    return all;
}

KeyedIssuers::KeyedIssuers(ExternalIds ids, Fetcher& fetcher, Loop& home)
    : ids_(ids), fetcher_(fetcher), home_(home) {}

const KeySet* KeyedIssuers::Trusted::keys() {
    if (auto* const cache = remote()) return cache->keys();
    return &std::get<KeySet>(source);
}

JwksCache* KeyedIssuers::Trusted::remote() {
    auto* const cache = std::get_if<std::unique_ptr<JwksCache>>(&source);
    return cache == nullptr ? nullptr : cache->get();
}

Status KeyedIssuers::add(const IssuerConfig& issuer) {
    if (const auto* url = std::get_if<JwksUrl>(&issuer.keys)) {
        issuers_.push_back(
            {issuer, std::make_unique<JwksCache>(issuer.issuer, *url, fetcher_, home_)});
        return {};
    }
    auto keys = local_keys(issuer);
    if (!keys) return fail(keys.error());
    for (const std::string& skipped : keys->skipped)
        log::info("identity: key left out issuer={} why={}", issuer.issuer, skipped);
    issuers_.push_back({issuer, *std::move(keys)});
    return {};
}

Result<ExternalIdentity> KeyedIssuers::identify(const Trusted& issuer, const CompactJws& token,
                                                const std::string& payload) const {
    const auto& config = issuer.config;
    const auto checked = check_token({.issuer = config.issuer,
                                      .audience = config.audience,
                                      .types = config.types,
                                      .lifetime_max = config.lifetime_max},
                                     token.type(), payload, home_.clock().wall());
    if (!checked) return fail(checked.error());
    auto who = identity_of(checked->json, checked->subject, "name", config, ids_);
    if (who) who->expires_at = checked->expires_at;
    return who;
}

KeyedIssuers::Opinion KeyedIssuers::try_keys(const std::string& token) {
    const auto parsed = CompactJws::parse(token);
    if (!parsed) return {Opinion::Kind::opaque, fail(parsed.error())};

    // Several issuers may have a key of the same name, or even the same key; so the first that
    // accepts the token decides, and a refusal counts when all were tried.
    std::optional<Error> refused;
    bool unavailable = false;
    for (Trusted& issuer : issuers_) {
        const KeySet* const keys = issuer.keys();
        if (keys == nullptr) {
            unavailable = true;
            continue;
        }
        const KeyChoice choice = choose_key(*keys, *parsed);
        if (choice.key != nullptr) {
            if (const auto payload = parsed->open(*choice.key)) {
                auto who = identify(issuer, *parsed, *payload);
                if (who) return {Opinion::Kind::settled, std::move(who)};
                if (!refused || who.error().reason == contract::reason::token_expired)
                    refused = who.error();
                continue;
            }
        }
        if (choice.by_name && !refused)
            refused = token_invalid("the key that it names did not sign it").error();
    }
    if (refused) return {Opinion::Kind::settled, fail(*std::move(refused))};
    if (unavailable)
        return {Opinion::Kind::unavailable,
                contract::refuse(contract::reason::issuer_unavailable,
                                 "the keys of an issuer are not to be had")};
    return {Opinion::Kind::unknown, token_invalid("no key of an issuer fits")};
}

void KeyedIssuers::judge(std::string token, std::move_only_function<void(Opinion)> done) {
    Opinion opinion = try_keys(token);
    std::vector<JwksCache*> asked;
    if (opinion.kind == Opinion::Kind::unknown || opinion.kind == Opinion::Kind::unavailable) {
        for (Trusted& issuer : issuers_) {
            JwksCache* const remote = issuer.remote();
            if (remote != nullptr && remote->may_refresh()) asked.push_back(remote);
        }
    }
    if (asked.empty()) {
        done(std::move(opinion));
        return;
    }
    struct Round {
        std::size_t open;
        std::string token;
        std::move_only_function<void(Opinion)> done;
    };
    auto round = std::make_shared<Round>(asked.size(), std::move(token), std::move(done));
    for (JwksCache* const remote : asked) {
        remote->refresh([this, round] {
            if (--round->open == 0) round->done(try_keys(round->token));
        });
    }
}

void KeyedIssuers::renew(std::vector<std::pair<std::string, KeySet>> local) {
    for (auto& [name, keys] : local) {
        const auto known = std::ranges::find(issuers_, name, [](const Trusted& issuer) {
            return std::string_view(issuer.config.issuer);
        });
        if (known != issuers_.end() && known->remote() == nullptr) known->source = std::move(keys);
    }
    warm_up();
}

void KeyedIssuers::warm_up() {
    for (Trusted& issuer : issuers_)
        if (JwksCache* const remote = issuer.remote(); remote && remote->may_refresh())
            remote->refresh([] {});
}

}  // namespace lifeline::identity
