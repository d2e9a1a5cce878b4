#include "gateway/gateway.h"

#include <fmt/format.h>

#include <utility>

#include "base/id.h"
#include "base/log.h"
#include "call/access.h"
#include "net/websocket.h"

namespace lifeline::gateway {

using journal::Done;

namespace {

net::Headers switching_headers(const std::string& key) {
    return {{"Connection", "Upgrade"},
            {"Upgrade", "websocket"},
            {"Sec-WebSocket-Accept", net::accept_key(key)},
            {"Sec-WebSocket-Protocol", "lifeline.v1"}};
}

// A page that came from the very authority it now talks to. Browsers send Origin with every
// upgrade, also with those of the server's own page, which nobody should have to list.
bool is_own_page(const net::Client& client, std::string_view origin) {
    return !client.host.empty() && (origin == fmt::format("http://{}", client.host) ||
                                    origin == fmt::format("https://{}", client.host));
}

Error draining() {
    return {Code::unavailable, "draining", "the server is about to stop"};
}

}  // namespace

// One upgrade request on its way through the doors.
struct Gateway::Visit {
    std::shared_ptr<net::Exchange> exchange;
    UpgradeRequest request;
    identity::Principal principal;
    std::shared_ptr<Arrivals::Arrival> arrival;  // The accepting loop's.
    std::optional<ResumeClaim> claim;            // Whose line goes on.
    Occupancy::Seat seat;
    std::shared_ptr<SharedBucket> publishes;
    std::string connection_id;
};

Gateway::Gateway(Parts parts, const Limits& limits, RetryPolicy retry,
                 std::vector<softstate::Ack> acks)
    : parts_(std::move(parts)),
      retry_(retry),
      resume_tokens_(parts_.keys.derive("resume token")),
      occupancy_(parts_.accepting, {.per_user = limits.connections_per_user_max,
                                    .per_account = limits.connections_per_account_max}),
      rates_(limits),
      house_{limits,
             retry_,
             resume_tokens_,
             parts_.epoch,
             parts_.boot,
             [this](std::string token, Loop& loop, Done<identity::Principal> done) {
                 parts_.authenticator.authenticate(std::move(token),
                                                   identity::Authenticator::Purpose::socket, loop,
                                                   std::move(done));
             },
             parts_.ack_store,
             &parts_.documents,
             parts_.hosted} {
    for (const auto& shard : parts_.sessions.shards())
        lanes_.push_back(std::make_unique<Lane>(*shard, house_));
    for (softstate::Ack& ack : acks)
        lanes_[parts_.sessions.shard_of(ack.session_id)]->restore(std::move(ack));
}

void Gateway::close_all(contract::CloseCode code, const std::string& reason) {
    draining_ = true;
    for (const auto& lane : lanes_)
        lane->loop().post([&lane = *lane, code, reason] { lane.close_all(code, reason); });
}

void Gateway::drain(Millis over, Loop& home, std::function<void()> gone) {
    draining_ = true;
    auto left = std::make_shared<std::size_t>(lanes_.size());
    for (const auto& lane : lanes_)
        lane->loop().post([&lane = *lane, over, &home, left, gone] {
            lane.drain(over, [&home, left, gone] {
                home.post([left, gone] {
                    if (--*left == 0) gone();
                });
            });
        });
}

void Gateway::take_limits(const Limits& limits) {
    occupancy_.take_limits({.per_user = limits.connections_per_user_max,
                            .per_account = limits.connections_per_account_max});
    rates_.take_limits(limits);
    for (const auto& lane : lanes_)
        lane->loop().post([&lane = *lane, limits] { lane.take_limits(limits); });
}

void Gateway::cut(const Judge& why) {
    arrivals_.cut(why);
    for (const auto& lane : lanes_) lane->loop().post([&lane = *lane, why] { lane.cut(why); });
}

void Gateway::upgrade(std::shared_ptr<net::Exchange> exchange, std::string session_id) {
    const auto& request = exchange->request();
    const auto* origin = request.header("Origin");
    if (draining_) return refuse(*exchange, session_id, draining());
    if (origin != nullptr && !is_own_page(exchange->client(), *origin) &&
        !parts_.origins.allows(*origin))
        return refuse(*exchange, session_id,
                      {Code::not_allowed, "origin_forbidden", "this origin is not allowed"});
    auto read = read_upgrade(request, session_id);
    if (!read) return refuse(*exchange, session_id, read.error());
    auto visit = std::make_shared<Visit>();
    visit->exchange = std::move(exchange);
    visit->request = std::move(*read);
    visit->connection_id = new_id("con_", visit->exchange->loop().clock().wall(), parts_.random);
    Loop& loop = visit->exchange->loop();
    parts_.authenticator.authenticate(visit->request.token,
                                      identity::Authenticator::Purpose::socket, loop,
                                      [this, visit](Result<identity::Principal> principal) mutable {
                                          authenticated(std::move(visit), std::move(principal));
                                      });
}

void Gateway::authenticated(std::shared_ptr<Visit> visit, Result<identity::Principal> principal) {
    if (!principal) return refuse(std::move(visit), std::move(principal.error()));
    visit->principal = std::move(*principal);
    visit->arrival = arrivals_.enter(visit->principal);
    const auto& binding = visit->principal.call;
    if (binding && binding->session_id != visit->request.session_id) {
        refuse(std::move(visit), {Code::not_found, "session_not_found", "no such call"});
        return;
    }
    auto claim = claim_of(*visit);
    if (!claim) return refuse(std::move(visit), std::move(claim.error()));
    visit->claim = std::move(*claim);
    admit(std::move(visit));
}

Result<std::optional<ResumeClaim>> Gateway::claim_of(const Visit& visit) const {
    if (visit.request.resume_token.empty()) return std::nullopt;
    auto claim = resume_tokens_.read(visit.request.resume_token);
    if (!claim) return fail(claim.error());
    const auto& principal = visit.principal;
    if (claim->session_id != visit.request.session_id || claim->user_id != principal.user_id ||
        claim->account_id != principal.account_id)
        return fail(Code::unauthenticated, "resume_token_invalid",
                    "the resume token is of another call or another user");
    if (visit.exchange->loop().clock().wall() >= claim->expires_at) return std::nullopt;
    return std::move(*claim);
}

// On the call's loop: whether there is such a call, whether it is theirs, and whether their cursor
// can be served. Then back, because only the server's loop can upgrade.
void Gateway::admit(std::shared_ptr<Visit> visit) {
    Lane& home = *lanes_[parts_.sessions.shard_of(visit->request.session_id)];
    Loop& accepting = visit->exchange->loop();
    const auto& session_id = visit->request.session_id;
    const SteadyTime now = accepting.clock().steady();
    if (const auto may = rates_.may_connect(visit->principal, session_id, now); !may)
        return refuse(std::move(visit), may.error());
    auto publishes = rates_.publishing(visit->principal, session_id, now);
    if (!publishes) return refuse(std::move(visit), std::move(publishes.error()));
    visit->publishes = std::move(*publishes);
    home.loop().post([this, &home, &accepting, visit] {
        home.shard().with(visit->request.session_id, session::Shard::Missing::refuse,
                          [this, &accepting, visit](Result<session::Actor*> actor) {
                              Result<Admission> verdict =
                                  actor ? judge(*visit, **actor)
                                        : Result<Admission>(fail(actor.error()));
                              std::string terminal = actor ? (*actor)->state().terminal_json : "";
                              accepting.post([this, visit, verdict = std::move(verdict),
                                              terminal = std::move(terminal)]() mutable {
                                  if (verdict) {
                                      enter(visit, verdict->comes);
                                  } else {
                                      const bool over = verdict.error().reason == "session_over";
                                      refuse(visit, std::move(verdict.error()),
                                             over ? std::move(terminal) : std::string());
                                  }
                              });
                          });
    });
}

Result<Admission> Gateway::judge(const Visit& visit, session::Actor& actor) {
    const auto& principal = visit.principal;
    const auto& state = actor.state();
    const auto role = call::role_in(state, {principal.user_id, principal.account_id, principal.role,
                                            principal.call.has_value()});
    if (!role) return fail(Code::not_found, "session_not_found", "no such call");
    const std::uint64_t head = actor.stream().head();
    Lane& lane = *lanes_[parts_.sessions.shard_of(state.id)];
    const bool acked = visit.request.after_acked;
    const std::uint64_t after =
        acked ? lane.acked(state.id, principal.user_id, head) : visit.request.after.value_or(0);
    const bool counted = visit.request.after && after > 0;
    if (counted && visit.request.epoch != parts_.epoch)
        return fail(Code::conflict, "epoch_changed", "the cursor counts in another history");
    if (after > head)
        return fail(Code::conflict, "cursor_ahead", "the cursor is ahead of the stream's head");
    // Who has missed the end is shown what was missed; who comes anew is told that it is over.
    if (state.over() && ((!visit.request.after && !acked) || after == head))
        return fail(Code::gone, "session_over", "the call is over");
    Admission admission;
    if (const auto& claim = visit.claim) {
        const auto fresh = lane.lines().may_continue(state.id, claim->line, claim->generation);
        if (!fresh) return fail(fresh.error());
        admission.line = claim->line;
        admission.continues = claim->generation;
        const CallRoom* room = lane.find(state.id);
        if (room != nullptr && room->open_on(claim->line) > 0)
            admission.comes = Occupancy::Comes::in_place;
    }
    admission.principal = principal;
    admission.role = *role;
    admission.cursor = after;
    admission.resumed = visit.request.after.has_value() || acked;
    admission.connection_id = visit.connection_id;
    admission.request_id = visit.exchange->request().id;
    return admission;
}

void Gateway::enter(std::shared_ptr<Visit> visit, Occupancy::Comes comes) {
    if (const auto& cut = visit->arrival->cut) return refuse(visit, *cut);
    auto seat = occupancy_.enter(visit->principal, comes);
    if (!seat) return refuse(std::move(visit), std::move(seat.error()));
    visit->seat = std::move(*seat);
    auto link = visit->exchange->upgrade(switching_headers(visit->request.key));
    if (!link) return;  // The peer has gone.
    const std::size_t index = parts_.sessions.shard_of(visit->request.session_id);
    Lane& home = *lanes_[index];
    home.loop().post([this, &home, index, visit, link = std::move(*link)]() mutable {
        auto arrival = home.arrivals().enter(visit->principal);
        home.shard().with(visit->request.session_id, session::Shard::Missing::refuse,
                          [this, &home, index, visit, arrival = std::move(arrival),
                           link = std::move(link)](Result<session::Actor*> actor) mutable {
                              std::string received = std::move(link.received);
                              auto socket = parts_.adopt(index, std::move(link));
                              // Judged again: what was so a moment ago may have changed on the way
                              // here.
                              auto verdict = actor ? judge(*visit, **actor)
                                                   : Result<Admission>(fail(actor.error()));
                              if (verdict && arrival->cut) verdict = fail(*arrival->cut);
                              if (home.draining()) verdict = fail(draining());
                              if (verdict) {
                                  const CallRoom* room = home.find(visit->request.session_id);
                                  const Status allowed =
                                      room ? room->may_enter(*verdict) : Status{};
                                  if (!allowed) verdict = fail(allowed.error());
                              }
                              if (verdict) {
                                  verdict->generation = home.next_generation();
                                  verdict->seat = std::move(visit->seat);
                                  verdict->publishes = std::move(visit->publishes);
                                  if (!verdict->continues) verdict->line = verdict->generation;
                                  home.room(**actor).enter(std::move(socket), std::move(*verdict),
                                                           std::move(received));
                                  return;
                              }
                              parts_.accepting.post([this, visit, error = verdict.error()] {
                                  refused(*visit->exchange, visit->request.session_id, error);
                              });
                              say_bye(std::move(socket), home.loop(), verdict.error(),
                                      actor ? (*actor)->state().terminal_json : "",
                                      visit->exchange->request().id);
                          });
    });
}

void Gateway::say_bye(std::unique_ptr<net::Socket> socket, Loop& loop, const Error& error,
                      std::string_view terminal, std::string_view request_id) {
    auto bye = contract::bye_for(error);
    if (error.reason == "session_over") bye.terminal_event = terminal;
    bye.request_id = request_id;
    const auto code = bye.code;
    std::string json;
    contract::append_bye(json, bye);
    std::string frames;
    net::append_frame(frames, net::Opcode::text, json);
    net::append_frame(frames, net::Opcode::close,
                      net::close_payload(static_cast<std::uint16_t>(code), error.reason));
    // A fresh socket takes this much; if it does not, the peer is not worth waiting for.
    socket->send(frames);
    net::close_lingering(std::move(socket), loop);
}

void Gateway::refused(const net::Exchange& exchange, std::string_view session_id,
                      const Error& error) {
    parts_.refused(error);
    const auto& request = exchange.request();
    const std::string client = exchange.client().address.text();
    if (const auto* origin = request.header("Origin"); error.reason == "origin_forbidden")
        return log::warn(
            "request={} origin refused origin={} client={} (to allow it, add it to `origins`)",
            request.id, *origin, client);
    log::info("request={} session={} upgrade refused reason={} client={} {}", request.id,
              session_id, error.reason, client, error.detail);
}

void Gateway::refuse(net::Exchange& exchange, std::string_view session_id, const Error& error) {
    refused(exchange, session_id, error);
    exchange.respond(parts_.problem(exchange.request(), error, ""));
}

void Gateway::refuse(std::shared_ptr<Visit> visit, Error error, std::string terminal) {
    refused(*visit->exchange, visit->request.session_id, error);
    if (!visit->request.browser) {
        visit->exchange->respond(parts_.problem(visit->exchange->request(), error, terminal));
        return;
    }
    auto link = visit->exchange->upgrade(switching_headers(visit->request.key));
    if (!link) return;
    Lane& any = *lanes_[0];
    any.loop().post([this, &any, visit, error = std::move(error), terminal = std::move(terminal),
                     link = std::move(*link)]() mutable {
        say_bye(parts_.adopt(0, std::move(link)), any.loop(), error, terminal,
                visit->exchange->request().id);
    });
}

}  // namespace lifeline::gateway
