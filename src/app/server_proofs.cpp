#include <utility>
#include <vector>

#include "app/server_house.h"
#include "app/webhook_secret.h"

// What others can check without believing us: archives of calls, and heads that are given away.
namespace lifeline::app {

Status Server::House::build_proofs() {
    auto signer =
        webhook_signer("proof.heads_webhook.secret_file", config.proof.webhook_secret_file);
    if (!signer) return fail(signer.error());
    prover = std::make_unique<ThreadWorker>("proofs");
    exports.emplace(journal::Folder{config.data.string()}, *prover);
    auto made = orchestration::HeadPublisher::create(
        front(), *prover,
        [this](net::FetchRequest request, net::HttpClient::Done done) {
            client->fetch(std::move(request), std::move(done));
        },
        {.folder = {config.data.string()},
         .file = config.proof.heads_file,
         .url = config.proof.webhook_url,
         .signer = std::move(*signer),
         .every = config.proof.heads_every});
    if (!made) return fail(made.error());
    publisher = std::move(*made);
    return {};
}

api::ProofKeeper Server::House::proof_keeper() {
    return {.archive =
                [this](archive::Request request) {
                    for (const auto& [position, payload] : record_signer->history().changes())
                        request.keys.push_back({position, payload});
                    return exports->begin(std::move(request));
                },
            .heads = [this]() -> api::PublishedHeads {
                const auto& heads = publisher->heads();
                return {.key = publisher->key().public_key(),
                        .heads = {heads.begin(), heads.end()}};
            }};
}

// After the journal is closed: what is not in this head was never acknowledged.
void Server::House::give_last_head() {
    publisher->finish([this] { leave(); });
}

}  // namespace lifeline::app
