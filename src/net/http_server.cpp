#include "net/http_server.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "base/asio_loop.h"
#include "base/id.h"
#include "base/random.h"
#include "net/http_connection.h"
#include "net/tcp_listener.h"
#include "net/tcp_socket.h"

namespace lifeline::net {

namespace {

// Connections that are only told "full" and then watched while they leave.
constexpr std::size_t turned_away_max = 256;

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
          listener(loop, [this](FileDescriptor fd, Peer peer) { accept(std::move(fd), peer); }) {}

    void accept(FileDescriptor fd, Peer peer);
    void stop(Millis grace, Job done);
    void report_stopped();
    void abandon_all();

    void handle(std::shared_ptr<Exchange> exchange) override { handler(std::move(exchange)); }
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
    std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections;
    Loop::TimerId grace_timer = 0;
    Job stopped;
    TcpListener listener;
};

void HttpServer::State::accept(FileDescriptor fd, Peer peer) {
    auto seat = door.enter(peer.address);
    const bool welcome = seat.has_value();
    if (!welcome) seat = porch.enter(peer.address);
    if (!seat) return;  // Not even told: the descriptor closes here.
    auto connection = std::make_shared<HttpConnection>(
        *this, loop, options.limits, adopt(loop, std::move(fd), std::move(*seat)), peer);
    connections.emplace(connection.get(), connection);
    welcome ? connection->start() : connection->turn_away();
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

std::size_t HttpServer::connections() const {
    return state_->door.inside();
}

}  // namespace lifeline::net
