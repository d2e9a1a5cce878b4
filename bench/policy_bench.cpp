// A policy of 100 rules on one core: from a question with its arguments as JSON to a verdict with
// its digest. The last rule decides, so all of them are asked. One JSON line:
//
//   policy_bench [--seconds S]
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "safety/policy.h"

namespace lifeline::safety {
namespace {

constexpr int rules = 100;

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec) * 1e-6 +
           static_cast<double>(usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_stime.tv_usec) * 1e-6;
}

// A third each: by the action's name, by the recipients, by an amount.
Policy sample_policy() {
    std::string list;
    for (int i = 0; i < rules; ++i) {
        std::string when;
        if (i % 3 == 0) when = fmt::format(R"("action":["send_{0}_*","post_{0}_*"])", i);
        if (i % 3 == 1)
            when = fmt::format(R"("args":[{{"path":"/to/*","domain_in":["house{}.example"]}}])", i);
        if (i % 3 == 2) when = fmt::format(R"("args":[{{"path":"/cents","over":{}}}])", 1'000 + i);
        if (i == rules - 1) when = R"("action":"send_email")";
        list += fmt::format(R"({}{{"name":"r{}","then":"confirm","when":{{{}}}}})",
                            i == 0 ? "" : ",", i, when);
    }
    auto policy =
        Policy::parse(fmt::format(R"({{"id":"bench","version":"1","rules":[{}]}})", list));
    CHECK(policy);
    return *std::move(policy);
}

void run(double seconds) {
    const Policy policy = sample_policy();
    const Question question{
        .action_type = "send_email",
        .requester_id = "usr_agent",
        .session_id = "sess_01JKQ8V4Z7F3N0",
        .account_id = "acct_main",
        .args_json =
            R"({"to":["ana@house.example","bo@house.example","cy@elsewhere.example"],"cents":250,)"
            R"("subject":"About the position","text":"Dear all, I would like to move the last )"
            R"(two jobs in front of the others and leave the summers out, if that is all right."})"};
    std::uint64_t done = 0;
    const double begin = cpu_seconds();
    double spent = 0;
    while (spent < seconds) {
        for (int round = 0; round < 100; ++round)
            CHECK(policy.evaluate(question).rules.front() == "r99");
        done += 100;
        spent = cpu_seconds() - begin;
    }
    fmt::print(
        "{{\"bench\":\"policy\",\"rules\":{},\"argsBytes\":{},\"perCoreSecond\":{:.0f},"
        "\"nanoseconds\":{:.0f}}}\n",
        rules, question.args_json.size(), static_cast<double>(done) / spent,
        spent * 1e9 / static_cast<double>(done));
}

}  // namespace
}  // namespace lifeline::safety

int main(int argc, char** argv) {
    double seconds = 2;
    if (argc == 3 && std::string_view(argv[1]) == "--seconds") seconds = std::atof(argv[2]);
    lifeline::safety::run(seconds);
}
