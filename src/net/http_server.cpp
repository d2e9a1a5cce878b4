#include "net/http_server.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "base/asio_loop.h"
#include "base/id.h"
#include "base/random.h"
#include "net/descriptors.h"
#include "net/http_connection.h"
#include "net/tcp_listener.h"
#include "net/tcp_socket.h"

namespace lifeline::net {

namespace {

// Connections that are only told "full" and then watched while they leave.
constexpr std::size_t turned_away_max = 256;

const HttpRefusal house_is_full{503, http_reason::full, "too many connections", {}, {}};
const HttpRefusal coming_too_fast{
    429, http_reason::too_fast, "too many connections a second from this address", {}, {}};

}  // namespace

struct HttpServer::State final : HttpConnection::Owner {
    State(AsioLoop& on, Random& chance, HttpServerOptions with, Handler handles, Renderer renders)
        : loop(on),
          random(chance),
          options(std::move(with)),
          handler(std::move(handles)),
          renderer(std::move(renders)),
          door(options.connections),
          porch({turned_away_max, turned_away_max}),
          rate(options.accepts),
          listener(loop, [this](FileDescriptor fd, Peer peer) { accept(std::move(fd), peer); }) {}

    void accept(FileDescriptor fd, Peer peer);
    void turn_away(FileDescriptor fd, Peer peer, const HttpRefusal& refusal);
    std::shared_ptr<HttpConnection> take_in(FileDescriptor fd, Peer peer,
                                            ConnectionDoor::Seat seat);
    void stop(Millis grace, Job done);
    void report_stopped();
    void abandon_all();

    void handle(std::shared_ptr<Exchange> exchange) override {
        ++counted.requests;
        handler(std::move(exchange));
    }
    std::optional<HttpRefusal> seat_client(const Client& client, const Request& request,
                                           ConnectionDoor::Seat& seat) override;
    const Proxies& proxies() const override { return options.proxies; }
    HttpCounters& counters() override { return counted; }
    Response render(const HttpRefusal& refusal) override { return renderer(refusal); }
    std::string new_request_id() override { return new_id("req", loop.clock().wall(), random); }
    void finished(HttpConnection& connection) override;

    AsioLoop& loop;
    Random& random;
    HttpServerOptions options;
    Handler handler;
    Renderer renderer;
    ConnectionDoor door;
    ConnectionDoor porch;
    AcceptRate rate;
    HttpCounters counted;
    std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections;
    Loop::TimerId grace_timer = 0;
    Job stopped;
    TcpListener listener;
};

void HttpServer::State::accept(FileDescriptor fd, Peer peer) {
    using Place = DescriptorReserve::Place;
    ++counted.accepted;
    const Place place = DescriptorReserve(options.descriptors_reserved).place_of(fd.get());
    if (place != Place::free) {
        ++counted.refused_descriptors;
        // To be told, too, takes a descriptor for a while: half of the reserve is not for that.
        if (place == Place::last) return void(++counted.dropped);
        return turn_away(std::move(fd), peer, house_is_full);
    }
    // A trusted proxy's clients are counted when it says who they are.
    const bool is_proxy = options.proxies.trusts(peer.address);
    const bool is_anyone = is_proxy || peer.address.is_loopback();
    if (!is_anyone && !rate.may_enter(peer.address, loop.clock().steady())) {
        ++counted.refused_rate;
        // Through TLS to tell them would cost the handshake that is to be saved.
        if (options.tls) return void(++counted.dropped);
        return turn_away(std::move(fd), peer, coming_too_fast);
    }
    using Count = ConnectionDoor::Count;
    auto seat = door.enter(peer.address, is_proxy ? Count::in_all : Count::everywhere);
    if (!seat) {
        ++counted.refused_full;
        return turn_away(std::move(fd), peer, house_is_full);
    }
    take_in(std::move(fd), peer, std::move(*seat))->start();
}

void HttpServer::State::turn_away(FileDescriptor fd, Peer peer, const HttpRefusal& refusal) {
    auto seat = porch.enter(peer.address, ConnectionDoor::Count::in_all);
    if (!seat) return void(++counted.dropped);  // The descriptor closes here.
    take_in(std::move(fd), peer, std::move(*seat))->turn_away(refusal);
}

std::shared_ptr<HttpConnection> HttpServer::State::take_in(FileDescriptor fd, Peer peer,
                                                           ConnectionDoor::Seat seat) {
    Link link{std::move(fd), {}, peer, std::move(seat), nullptr};
    if (options.tls) link.tls = options.tls->accept(link.fd.get());
    const auto wire = options.tls ? HttpConnection::Wire::tls : HttpConnection::Wire::plain;
    auto connection = std::make_shared<HttpConnection>(*this, loop, options.limits,
                                                       adopt(loop, std::move(link)), peer, wire);
    connections.emplace(connection.get(), connection);
    return connection;
}

// A client of a proxy. Its requests share connections with those of others; a socket is a
// connection of its own, and is counted when it is asked for.
std::optional<HttpRefusal> HttpServer::State::seat_client(const Client& client,
                                                          const Request& request,
                                                          ConnectionDoor::Seat& seat) {
    if (client.address.is_loopback()) return std::nullopt;
    if (request.header("Upgrade") != nullptr &&
        !rate.may_enter(client.address, loop.clock().steady())) {
        ++counted.refused_rate;
        return coming_too_fast;
    }
    auto taken = door.enter(client.address, ConnectionDoor::Count::by_address);
    if (!taken) {
        ++counted.refused_full;
        return house_is_full;
    }
    seat = std::move(*taken);
    return std::nullopt;
}

void HttpServer::State::finished(HttpConnection& connection) {
    connections.erase(&connection);
    if (connections.empty()) report_stopped();
}

void HttpServer::State::stop(Millis grace, Job done) {
    listener.close();
    stopped = std::move(done);
    // A connection that closes takes itself out of the table.
    std::vector<std::shared_ptr<HttpConnection>> all;
    for (const auto& [_, connection] : connections) all.push_back(connection);
    for (const auto& connection : all) connection->drain();
    if (connections.empty()) return report_stopped();
    grace_timer = loop.start_timer(grace, [this] {
        grace_timer = 0;
        abandon_all();
        report_stopped();
    });
}

void HttpServer::State::report_stopped() {
    if (!stopped) return;
    if (grace_timer != 0) loop.cancel_timer(std::exchange(grace_timer, 0));
    loop.post(std::exchange(stopped, nullptr));
}

void HttpServer::State::abandon_all() {
    const auto all = std::exchange(connections, {});
    for (const auto& [_, connection] : all) connection->abandon();
}

HttpServer::HttpServer(AsioLoop& loop, Random& random, HttpServerOptions options, Handler handler,
                       Renderer renderer)
    : state_(std::make_unique<State>(loop, random, std::move(options), std::move(handler),
                                     std::move(renderer))) {}

HttpServer::~HttpServer() {
    if (state_->grace_timer != 0) state_->loop.cancel_timer(state_->grace_timer);
    state_->listener.close();
    state_->abandon_all();
}

Status HttpServer::listen() {
    return state_->listener.listen(state_->options.address, state_->options.port,
                                   state_->options.backlog);
}

std::uint16_t HttpServer::port() const {
    return state_->listener.port();
}

void HttpServer::stop(Millis grace, Job done) {
    state_->stop(grace, std::move(done));
}

void HttpServer::apply(HttpServerOptions options) {
    state_->door.set_limits(options.connections);
    state_->rate.set_limits(options.accepts);
    state_->options = std::move(options);
}

const HttpCounters& HttpServer::counters() const {
    return state_->counted;
}

std::size_t HttpServer::connections() const {
    return state_->door.inside();
}

}  // namespace lifeline::net
