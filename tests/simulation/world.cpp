#include "world.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "agency.h"
#include "client.h"
#include "house.h"
#include "model.h"
#include "talk.h"
#include "views.h"

namespace lifeline::simulation {

namespace {

constexpr int steps = 700;
// Views are made on the machine's own disk, which costs time: one world of so many has them.
constexpr std::uint64_t worlds_for_views = 10;

class World {
public:
    World(std::uint64_t seed, Mutant mutant)
        : chance_(seed),
          mutant_(mutant),
          house_(seed, chance_, judge_of(mutant)),
          talk_(house_, model_, seed) {
        house_.disk.lie_about_sync(mutant == Mutant::lying_disk);
        if (seed % worlds_for_views == 0) house_.keep_views(view_folder_.emplace(seed));
        const std::uint64_t calls = 1 + chance_.below(3);
        for (std::uint64_t c = 0; c < calls; ++c) {
            const std::string call = fmt::format("sess_{}", c);
            users_[call] = {};
            const std::uint64_t people = 1 + chance_.below(3);
            for (std::uint64_t u = 0; u < people; ++u)
                users_[call].push_back(fmt::format("usr_{}_{}", c, u));
            for (const auto& user : users_[call])
                clients_.push_back(std::make_unique<Client>(house_, model_, chance_, call, user));
        }
    }

    Outcome run() {
        if (!house_.start(model_, House::Refusal::violation)) return outcome();
        for (const auto& [call, users] : users_) house_.create(call, users);
        work(200);
        if (mutant_ == Mutant::torn_folder) old_copy();
        for (int i = 0; i < steps && model_.violations().empty(); ++i) turn();
        if (model_.violations().empty()) finish();
        return outcome();
    }

private:
    // What was armed may never strike, so the disk itself is asked what did.
    Outcome outcome() {
        const auto counted = house_.disk.counters();
        faults_["power_cut"] = house_.disk.power_cuts() - counted.cuts_in_a_change;
        faults_["power_cut_in_a_change"] = counted.cuts_in_a_change;
        faults_["disk_full"] = counted.full;
        faults_["sync_error"] = counted.failed_syncs;
        const auto reached = house_.reached();
        return {.violations = model_.violations(),
                .faults = faults_,
                .acknowledgements = model_.acknowledgements(),
                .sightings = model_.sightings(),
                .seals = reached.seals,
                .index_pages = reached.index_pages,
                .effects = agency_.effects(),
                .overtakings = talk_.overtakings()};
    }

    void work(std::uint64_t jobs) {
        for (std::uint64_t i = 0; i < jobs && house_.step(); ++i) {
        }
    }

    void turn() {
        Client& client = *clients_[chance_.below(clients_.size())];
        if (chance_.below(3) == 0) agency_.turn(client.call(), users_[client.call()].front());
        talk_.turn(client.call(), users_[client.call()].front());
        switch (chance_.below(40)) {
            case 0:
                if (client.connected()) hit("reset");
                return client.reset();
            case 1:
                if (client.connected()) hit("cut");
                return client.cut();
            case 2:
                if (chance_.below(8) == 0) return restart(After::kill);
                break;
            case 3:
                if (chance_.below(8) == 0) return restart(After::power_cut);
                break;
            case 4:
                if (chance_.below(8) == 0) cut_in_a_change();
                break;
            case 5:
                if (chance_.below(6) == 0) disk_full();
                break;
            case 6:
                if (chance_.below(8) == 0) sync_error();
                break;
            case 7:
                client.repeat();
                break;
            case 8:
                client.forge();
                break;
            case 9:
                if (chance_.below(8) == 0) return restart(After::stop);
                break;
            case 10:
                if (chance_.below(8) == 0) return restart_on_a_damaged_index();
                break;
            default:
                if (client.connected()) {
                    client.publish();
                } else {
                    client.connect();
                }
        }
        work(chance_.below(30));
        if (chance_.below(4) == 0)
            house_.loop.run_for(Millis{static_cast<std::int64_t>(chance_.below(100))});
        if (house_.fatal()) restart(After::kill);
    }

    void hit(const char* kind) { ++faults_[kind]; }

    // How a life of the house ends before the next.
    enum class After { kill, power_cut, stop };
    void restart(After after) {
        end_life(after);
        come_back();
    }

    void end_life(After after) {
        switch (after) {
            case After::kill:
                hit("kill");
                house_.disk.kill_process();
                break;
            case After::power_cut:
                house_.disk.cut_power();
                break;
            case After::stop:
                hit("stop");
                house_.stop();
                break;
        }
    }

    void restart_on_a_damaged_index() {
        end_life(static_cast<After>(chance_.below(3)));
        for (auto& client : clients_) client->vanish();
        house_.crash();
        if (house_.damage_index()) hit("index_damage");
        come_back();
    }

    void come_back() {
        for (auto& client : clients_) client->vanish();
        agency_.vanish();
        talk_.vanish();
        house_.crash();
        if (mutant_ == Mutant::torn_folder) put_back();
        // Faults that were armed may strike while the folder is being opened; the start after the
        // last of them must succeed.
        const auto struck = [this] {
            return house_.disk.power_cuts() + house_.disk.counters().faults;
        };
        for (std::uint64_t before = struck(); !house_.start(model_, House::Refusal::forgiven);
             before = struck()) {
            house_.crash();
            if (struck() == before) return model_.violation("the journal does not open");
            house_.disk.kill_process();
        }
        for (const auto& [call, users] : users_) {
            // Creating again is what a client that heard nothing does.
            house_.create(call, users);
            house_.recover(call);
        }
        work(400);
    }

    void cut_in_a_change() {
        house_.disk.cut_power_after(chance_.below(12));
        for (auto& client : clients_) client->publish();
        work(300);
        come_back();
    }

    void disk_full() {
        house_.disk.set_capacity(house_.disk.used_bytes());
        for (auto& client : clients_) client->publish();
        work(300);
        house_.disk.set_capacity(UINT64_MAX);
    }

    void sync_error() {
        house_.disk.fail(sql::FaultDisk::Operation::sync, "", chance_.below(3));
        for (auto& client : clients_) client->publish();
        work(300);
        if (!house_.fatal()) return;
        // What the kernel dropped is gone with the machine's next power cut.
        restart(chance_.below(2) == 0 ? After::power_cut : After::kill);
    }

    void old_copy() {
        for (const auto& file : house_.disk.files())
            if (const auto bytes = house_.disk.contents(file); bytes && !file.ends_with("mark"))
                copy_[file] = *bytes;
    }

    void put_back() {
        for (const auto& [file, bytes] : copy_) house_.disk.set_contents(file, bytes);
    }

    // Everything heals, everybody comes back, and all that was sent arrives once.
    void finish() {
        std::uint64_t stood = 0;
        int moved = 0;  // The last round in which somebody saw something new.
        for (int round = 0; round < 400; ++round) {
            bool waiting = false;
            std::uint64_t stand = 0;
            for (auto& client : clients_) {
                // What was refused for want of space is published again after a hello.
                const bool again = client->waiting() > 0 && round % 50 == 0;
                if (!client->connected() || again) client->connect();
                waiting = waiting || client->waiting() > 0;
                stand += client->cursor();
            }
            if (std::exchange(stood, stand) != stand) moved = round;
            talk_.deliver();
            house_.settle();
            house_.loop.run_for(talk_.waiting() ? Millis{1'000} : Millis{100});
            house_.settle();
            if (house_.fatal()) restart(After::kill);
            if (!model_.violations().empty()) return;
            if (!waiting && !talk_.waiting() && round > moved + 20) break;
        }
        for (auto& client : clients_)
            if (client->waiting() > 0)
                model_.violation(client->call() + ": an event never arrived");
        if (talk_.waiting()) model_.violation("words were never final");
        for (const auto& [call, users] : users_) check(call);
        house_.check_views(model_);
    }

    void check(const std::string& call) {
        std::vector<journal::StoredEvent> events;
        for (bool more = true; more;) {
            more = false;
            house_.journal().read(
                call, events.empty() ? 0 : events.back().seq, {}, house_.loop,
                [&](Result<std::vector<journal::StoredEvent>> read) {
                    if (!read) {
                        model_.violation(call + " cannot be read: " + read.error().reason);
                        return;
                    }
                    more = !read->empty();
                    for (auto& event : *read) events.push_back(std::move(event));
                });
            house_.settle();
        }
        model_.check(call, events);
        agency_.check(call, events);
        talk_.check(call, events);
        for (const auto& client : clients_)
            if (client->call() == call && client->cursor() != events.size())
                model_.violation(fmt::format("{}: a client stands at {} of {}", call,
                                             client->cursor(), events.size()));
    }

    SeededRandom chance_;
    Mutant mutant_;
    Model model_;
    std::optional<ViewFolder> view_folder_;
    House house_;
    Agency agency_{house_, model_, chance_, mutant_};
    Talk talk_;
    std::map<std::string, std::vector<std::string>> users_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::map<std::string, std::uint64_t> faults_;
    std::map<std::string, std::string> copy_;
};

}  // namespace

std::vector<std::string> declared_faults() {
    return {"reset",     "cut",        "kill",        "stop", "power_cut", "power_cut_in_a_change",
            "disk_full", "sync_error", "index_damage"};
}

Outcome run_world(std::uint64_t seed, Mutant mutant) {
    return World(seed, mutant).run();
}

}  // namespace lifeline::simulation
