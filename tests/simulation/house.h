#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "gateway/lane.h"
#include "gateway/rates.h"
#include "journal/sql_journal.h"
#include "model.h"
#include "session/sessions.h"
#include "sql/fault_disk.h"
#include "views.h"

namespace lifeline::simulation {

// Blocking work as a queue that the world empties one job at a time, when chance says so: every
// order in which threads could have met comes up for some seed.
class SimulatedWorker final : public Worker {
public:
    void submit(Job job) override { jobs_.push_back(std::move(job)); }
    bool run_one() {
        if (jobs_.empty()) return false;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        job();
        return true;
    }
    bool idle() const { return jobs_.empty(); }
    void drop_all() { jobs_.clear(); }

private:
    std::deque<Job> jobs_;
};

// The server, from journal to gateway, on a disk that fails; without HTTP, whose doors have tests
// of their own. It can be stopped in every way there is, and started again.
class House {
public:
    House(std::uint64_t seed, Random& chance, std::shared_ptr<const call::Judge> judge);

    // From the next start on, it has views.
    void keep_views(const ViewFolder& folder) { view_folder_ = &folder; }

    // False when the journal refuses to open.
    enum class Refusal { violation, forgiven };
    bool start(Model& model, Refusal refusal);
    // As SIGTERM would: what is on its way is settled, and the files are left at rest.
    void stop();
    // As kill -9 would.
    void crash();
    bool up() const { return lane_ != nullptr; }
    // The disk told the journal that it failed: the process has to go.
    bool fatal() const { return fatal_; }

    // From now on, and after every start; `in_force` when no call goes by the old one any more.
    void take_judge(std::shared_ptr<const call::Judge> judge,
                    std::move_only_function<void()> in_force);
    void create(const std::string& call, const std::vector<std::string>& users);
    void recover(const std::string& call);
    // What a request, a frame or a runner would hand in.
    void submit(const std::string& call, call::Command command,
                journal::Done<session::Receipt> answer);
    // The call as it stands, when it does.
    void look(const std::string& call, std::function<void(const call::State&)> look);
    // A client's upgrade, as far as it concerns the call.
    struct Upgrade {
        std::string call;
        std::string user;
        std::uint64_t cursor = 0;
        std::string resume_token;  // The newest that it has; empty for a new line.
    };
    void connect(Upgrade upgrade, Model& model, std::unique_ptr<net::Socket> socket);

    // One job of the loop or of a worker, chosen by chance; false when there was none.
    bool step();
    void settle();

    // While nothing has it open, something happens to the index; false when there is none yet.
    bool damage_index();
    // That each view is what the journal makes of it anew. It has none from then on.
    void check_views(Model& model);
    // How often the thresholds that a short life seldom reaches were reached.
    struct Reached {
        std::uint64_t seals = 0;
        std::uint64_t index_pages = 0;
    };
    Reached reached();

    sql::FaultDisk disk;
    VirtualLoop loop;
    journal::SqlJournal& journal() { return *journal_; }

private:
    void start_views();

    journal::Folder folder_;
    Random& chance_;
    SeededRandom random_;
    std::shared_ptr<const call::Judge> judge_;
    SimulatedWorker writer_;
    SimulatedWorker marker_;
    SimulatedWorker reader_;
    SimulatedWorker viewer_;
    const ViewFolder* view_folder_ = nullptr;
    gateway::Limits limits_;
    gateway::RetryPolicy retry_;
    std::unique_ptr<journal::SqlJournal> journal_;
    std::unique_ptr<Views> views_;
    std::unique_ptr<session::Sessions> sessions_;
    gateway::ResumeTokens resume_tokens_{Secret<Digest>(Digest{5})};
    std::optional<gateway::Lane::House> gateway_;
    std::uint64_t boots_ = 0;
    std::optional<gateway::Rates> rates_;
    std::unique_ptr<gateway::Lane> lane_;
    bool fatal_ = false;
    std::uint64_t connections_ = 0;
};

}  // namespace lifeline::simulation
