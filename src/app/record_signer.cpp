#include "app/record_signer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "identity/key_folder.h"
#include "session/sessions.h"

namespace lifeline::app {

namespace {

using metering::RecordKey;

constexpr journal::ReadLimit all_of_it{.events = 1024, .bytes = 1024 * 1024};
// For what was signed and is still on its way.
constexpr Millis retire_pause = std::chrono::milliseconds(20);
const RecordSigner::Change the_server{.by = "lifeline", .reason = "the first of its own series"};

std::shared_ptr<const RecordSigner::Key> key_of(SigningKey signing) {
    std::string id = journal::key_id(signing.public_key());
    return std::make_shared<const RecordSigner::Key>(std::move(id), std::move(signing));
}

std::string file_name(std::size_t number) {
    return fmt::format("usage-{}.key", number);
}

// The key of this id among the files of the first `count`.
Result<std::optional<SigningKey>> find_key(const std::filesystem::path& path, const std::string& id,
                                           std::size_t count) {
    const auto folder = identity::KeyFolder::open(path, identity::KeyFolder::Missing::create);
    if (!folder) return fail(folder.error());
    for (std::size_t number = count; number > 0; --number) {
        const auto seed = folder->read(file_name(number));
        if (!seed) return fail(seed.error());
        if (!*seed) continue;
        auto key = SigningKey::from_seed((*seed)->reveal());
        if (journal::key_id(key.public_key()) == id) return std::optional(std::move(key));
    }
    return std::optional<SigningKey>();
}

// One that a crash kept from being told of is taken up.
Result<SigningKey> make_key(const std::filesystem::path& path, std::size_t number, Random& random) {
    const auto folder = identity::KeyFolder::open(path, identity::KeyFolder::Missing::create);
    if (!folder) return fail(folder.error());
    const auto seed = folder->create(file_name(number), random);
    if (!seed) return fail(seed.error());
    return SigningKey::from_seed(seed->reveal());
}

}  // namespace

RecordSigner::RecordSigner(Parts parts, const journal::SealKey& seal)
    : parts_(std::move(parts)), seal_(key_of(seal.signing())), active_(key_of(seal.signing())) {}

RecordSigner::~RecordSigner() {
    *alive_ = false;
    if (timer_ != 0) parts_.home.cancel_timer(timer_);
}

std::shared_ptr<const RecordSigner::Key> RecordSigner::signing() const {
    const std::scoped_lock lock(mutex_);
    return started_ ? active_ : nullptr;
}

RecordSigner::Signature RecordSigner::sign(std::string_view message) const {
    const std::scoped_lock lock(mutex_);
    const auto& key = active_;
    return {key->id, to_base64url(view(key->signing.sign(message)))};
}

metering::KeyHistory RecordSigner::history() const {
    const std::scoped_lock lock(mutex_);
    return history_;
}

void RecordSigner::take_turn(Job job) {
    parts_.home.post([this, alive = alive_, job = std::move(job)]() mutable {
        if (!*alive) return;
        if (std::exchange(busy_, true)) return turns_.push_back(std::move(job));
        job();
    });
}

void RecordSigner::end_turn() {
    busy_ = false;
    if (turns_.empty()) return;
    Job next = std::move(turns_.front());
    turns_.pop_front();
    busy_ = true;
    next();
}

void RecordSigner::start(journal::Done<void> done) {
    take_turn([this, done = std::move(done)]() mutable {
        read_on([this, done = std::move(done)](const Status& read) mutable {
            auto over = [this, done = std::move(done)](Status status) mutable {
                {
                    const std::scoped_lock lock(mutex_);
                    started_ = status.has_value();
                }
                end_turn();
                done(std::move(status));
            };
            if (!read) return over(fail(read.error()));
            if (!history_.empty()) return open_active(std::move(over));
            if (parts_.writer == nullptr) return over({});
            begin(std::move(over));
        });
    });
}

void RecordSigner::read_on(journal::Done<void> done) {
    parts_.journal.read(std::string(metering::keys_stream), read_, all_of_it, parts_.home,
                        [this, alive = alive_, done = std::move(done)](
                            const Result<std::vector<journal::StoredEvent>>& events) mutable {
                            if (!*alive) return;
                            if (!events && events.error().code == Code::not_found) return done({});
                            if (!events) return done(fail(events.error()));
                            if (events->empty()) return done({});
                            for (const auto& event : *events) {
                                read_ = event.seq;
                                const auto json = contract::Json::parse(event.bytes);
                                const auto payload = json ? json->find("payload") : std::nullopt;
                                if (!payload) continue;
                                const auto taken = take(contract::canonical_json(*payload), event);
                                if (!taken) return done(fail(taken.error()));
                            }
                            read_on(std::move(done));
                        });
}

Status RecordSigner::take(std::string_view payload, const journal::StoredEvent& event) {
    const std::scoped_lock lock(mutex_);
    return history_.take(payload, event.position, event.recorded_at);
}

void RecordSigner::open_active(journal::Done<void> done) {
    const RecordKey* const active = history_.active();
    if (active == nullptr || active->id == seal_->id) return settle(std::nullopt, std::move(done));
    parts_.worker.submit([this, alive = alive_, &home = parts_.home, path = parts_.folder,
                          id = active->id, count = history_.all().size(),
                          done = std::move(done)]() mutable {
        auto found = find_key(path, id, count);
        home.post([this, alive, found = std::move(found), done = std::move(done)]() mutable {
            if (!*alive) return;
            if (!found) return done(fail(found.error()));
            settle(*std::move(found), std::move(done));
        });
    });
}

// The active key's file, if it is there.
void RecordSigner::settle(std::optional<SigningKey> found, journal::Done<void> done) {
    const RecordKey* const active = history_.active();
    if (found) {
        {
            const std::scoped_lock lock(mutex_);
            active_ = key_of(*std::move(found));
        }
        if (parts_.writer == nullptr) return done({});
        return retire_former(std::move(done));
    }
    const bool seals = active != nullptr && active->id == seal_->id;
    if (parts_.writer == nullptr) {
        if (seals) return done({});
        return done(fail(Code::not_found, "keys_missing",
                         fmt::format("the key that signs usage, {}, is not in {}; put it back, or "
                                     "start the server once: it makes another",
                                     active == nullptr ? "" : active->id, parts_.folder.string())));
    }
    if (seals) return replace(the_server, std::move(done));
    log::warn("the key that signs usage is not in {} key={}: a new one takes over",
              parts_.folder.string(), active == nullptr ? "" : active->id);
    replace({.by = "lifeline", .reason = "the file of the one before was lost"}, std::move(done));
}

void RecordSigner::begin(journal::Done<void> done) {
    write(seal_->signing.public_key(), {.state = "active"},
          [this, done = std::move(done)](const Status& written) mutable {
              if (!written) return done(fail(written.error()));
              replace(the_server, std::move(done));
          });
}

void RecordSigner::replace(Change change, journal::Done<void> done) {
    parts_.worker.submit([this, alive = alive_, &home = parts_.home, &random = parts_.random,
                          path = parts_.folder, number = history_.all().size(),
                          change = std::move(change), done = std::move(done)]() mutable {
        auto made = make_key(path, number, random);
        home.post([this, alive, made = std::move(made), change = std::move(change),
                   done = std::move(done)]() mutable {
            if (!*alive) return;
            if (!made) return done(fail(made.error()));
            bring_in(*std::move(made), change, std::move(done));
        });
    });
}

void RecordSigner::bring_in(SigningKey fresh, const Change& change, journal::Done<void> done) {
    const auto former = active_;
    auto next = key_of(std::move(fresh));
    write(next->signing.public_key(),
          {.state = "added", .endorsed_by = former.get(), .change = &change},
          [this, next, change, done = std::move(done)](const Status& added) mutable {
              if (!added) return done(fail(added.error()));
              write(next->signing.public_key(), {.state = "active", .change = &change},
                    [this, next, done = std::move(done)](const Status& active) mutable {
                        if (!active) return done(fail(active.error()));
                        former_.push_back(active_);
                        {
                            const std::scoped_lock lock(mutex_);
                            active_ = next;
                        }
                        retire_former(std::move(done));
                    });
          });
}

// Those that are in the history as active and are not what signs now, once nobody holds them.
void RecordSigner::retire_former(journal::Done<void> done) {
    std::erase_if(former_, [](const auto& key) { return key.use_count() == 1; });
    const std::string signs = active_->id;
    const auto held = [&](const RecordKey& key) {
        return std::ranges::any_of(former_, [&](const auto& one) { return one->id == key.id; });
    };
    for (const RecordKey& key : history_.all()) {
        if (key.state != RecordKey::State::active || key.id == signs || held(key)) continue;
        return write(key.key, {.state = "retired"},
                     [this, done = std::move(done)](const Status& written) mutable {
                         if (!written) return done(fail(written.error()));
                         retire_former(std::move(done));
                     });
    }
    if (former_.empty()) return done({});
    timer_ = parts_.home.start_timer(retire_pause,
                                     [this, alive = alive_, done = std::move(done)]() mutable {
                                         if (!*alive) return;
                                         timer_ = 0;
                                         retire_former(std::move(done));
                                     });
}

std::optional<Error> RecordSigner::not_ready() const {
    if (started_) return std::nullopt;
    return Error{Code::unavailable, "not_ready", "the history of keys is not read yet", {}};
}

void RecordSigner::rotate(Change change, Loop& from, journal::Done<RecordKey> done) {
    take_turn([this, change = std::move(change),
               done = session::on_loop<RecordKey>(from, std::move(done))]() mutable {
        if (auto wait = not_ready()) return answer({}, fail(*std::move(wait)), std::move(done));
        replace(std::move(change), [this, done = std::move(done)](const Status& status) mutable {
            answer(active_->id, status, std::move(done));
        });
    });
}

void RecordSigner::revoke(std::string key_id, Change change, Loop& from,
                          journal::Done<RecordKey> done) {
    take_turn([this, key_id = std::move(key_id), change = std::move(change),
               done = session::on_loop<RecordKey>(from, std::move(done))]() mutable {
        auto over = [this, key_id, done = std::move(done)](const Status& status) mutable {
            answer(key_id, status, std::move(done));
        };
        if (auto wait = not_ready()) return over(fail(*std::move(wait)));
        if (history_.find(key_id) == nullptr)
            return over(fail(Code::not_found, "signing_key_not_found",
                             fmt::format("no key {} ever signed here", key_id)));
        if (active_->id != key_id) return write_revoked(key_id, std::move(change), std::move(over));
        replace(change,
                [this, key_id, change, over = std::move(over)](const Status& replaced) mutable {
                    if (!replaced) return over(fail(replaced.error()));
                    write_revoked(key_id, std::move(change), std::move(over));
                });
    });
}

// What is in the journal by now was signed before anybody said a word against the key.
void RecordSigner::write_revoked(const std::string& key_id, Change change,
                                 journal::Done<void> done) {
    const std::uint64_t from =
        change.doubtful_from > 0 ? change.doubtful_from : parts_.journal.head_position() + 1;
    write(history_.find(key_id)->key,
          {.state = "revoked", .doubtful_from = from, .change = &change}, std::move(done));
}

void RecordSigner::answer(const std::string& key_id, const Status& status,
                          journal::Done<RecordKey> done) {
    const RecordKey* const key = history_.find(key_id);
    Result<RecordKey> result = status ? Result<RecordKey>(*key) : fail(status.error());
    end_turn();
    done(std::move(result));
}

void RecordSigner::write(const Ed25519PublicKey& key, const Word& word, journal::Done<void> done) {
    contract::JsonWriter json;
    json.object().key("keyId").value(journal::key_id(key));
    json.key("publicKey").value(to_base64url(view(key)));
    json.key("use").value("usage").key("state").value(word.state);
    if (word.endorsed_by != nullptr) {
        json.key("endorsedBy").value(word.endorsed_by->id);
        json.key("endorsement")
            .value(to_base64url(
                view(word.endorsed_by->signing.sign(metering::endorsement_message(key)))));
    }
    if (word.doubtful_from > 0) json.key("doubtfulFrom").value(word.doubtful_from);
    if (word.change != nullptr) {
        json.key("by").value(word.change->by);
        if (!word.change->reason.empty()) json.key("reason").value(word.change->reason);
    }
    json.end();
    parts_.writer->write(
        {.stream = std::string(metering::keys_stream),
         .name = "key:",
         .type = "system.key.changed",
         .payload = contract::canonical_json(json.take()),
         .done = [this, alive = alive_, done = std::move(done)](const Status& written) mutable {
             if (!*alive) return;
             if (!written) return done(fail(written.error()));
             read_on(std::move(done));
         }});
}

}  // namespace lifeline::app
