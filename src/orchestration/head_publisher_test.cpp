#include "orchestration/head_publisher.h"

#include "base/virtual_loop.h"
#include "journal/test_folders.h"

namespace lifeline::orchestration {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class Heads : public journal::FoldersTest {
protected:
    Heads() { append(data_, 3); }

    HeadPublisher& open(HeadPublisher::Options options) {
        options.folder = data_;
        auto made = HeadPublisher::create(
            time_, time_,
            [this](net::FetchRequest request, net::HttpClient::Done done) {
                sent_.push_back(request);
                const unsigned status = sent_.size() > refusals_ ? 204 : 503;
                time_.post([status, done = std::move(done)]() mutable {
                    done(net::Response{status, {}, ""});
                });
            },
            std::move(options));
        EXPECT_TRUE(made) << made.error().detail;
        publisher_ = std::move(*made);
        return *publisher_;
    }
    std::vector<journal::SignedHead> written(const std::string& path) {
        const auto heads = journal::load_heads(path);
        EXPECT_TRUE(heads) << heads.error().detail;
        return heads.value_or(std::vector<journal::SignedHead>());
    }

    journal::Folder data_ = folder("data");
    VirtualLoop time_;
    std::vector<net::FetchRequest> sent_;
    std::size_t refusals_ = 0;
    std::unique_ptr<HeadPublisher> publisher_;
};

}  // namespace

TEST_F(Heads, AreGivenAwayAtTheStartEveryHourAndAtTheEnd) {
    const std::string kept = root_ + "/kept";
    auto& publisher = open({.file = kept, .url = "https://keep.example/heads"});
    publisher.start();
    time_.run_for(hours(2) + minutes(1));
    append(data_, 2);
    bool finished = false;
    publisher.finish([&] { finished = true; });
    time_.run_for(hours(5));
    EXPECT_TRUE(finished);

    const auto heads = written(kept);
    ASSERT_EQ(heads.size(), 4u);
    EXPECT_EQ(written(journal::heads_path(data_)), heads);
    EXPECT_EQ(std::vector(publisher.heads().begin(), publisher.heads().end()), heads);
    EXPECT_EQ(heads[0].head.position, 3u);
    EXPECT_EQ(heads[1].at - heads[0].at, hours(1));
    EXPECT_EQ(heads[3].head.position, 5u);
    for (const auto& head : heads)
        EXPECT_TRUE(journal::is_signed_by(head, publisher.key().signing().verify_key()));
    EXPECT_TRUE(journal::hold_heads(data_, heads)->problems.empty());
    // The last is for the files: whoever stops does not wait for somebody else's server.
    ASSERT_EQ(sent_.size(), 3u);
    EXPECT_EQ(sent_[0].method, "POST");
    EXPECT_EQ(journal::read_head_line(sent_[2].body), heads[2]);
}

TEST_F(Heads, AreToldInTheirOrderAndAgainUntilTheyAreTaken) {
    refusals_ = 5;
    auto& publisher = open({.url = "https://keep.example/heads", .every = Millis(2'000)});
    publisher.start();
    time_.run_for(minutes(2));
    ASSERT_GT(sent_.size(), 20u);
    for (std::size_t i = 1; i <= 5; ++i) EXPECT_EQ(sent_[i].body, sent_[0].body);
    std::vector<journal::SignedHead> told;
    for (std::size_t i = 5; i < sent_.size(); ++i)
        told.push_back(*journal::read_head_line(sent_[i].body));
    const auto heads = written(journal::heads_path(data_));
    ASSERT_LE(told.size(), heads.size());
    EXPECT_EQ(told, std::vector(heads.begin(), heads.begin() + static_cast<long>(told.size())));
    EXPECT_EQ(publisher.given_up(), 0u);
}

TEST_F(Heads, WhoNeverAnswersIsNotKeptInMemoryForEver) {
    refusals_ = 1'000'000;
    auto& publisher = open({.url = "https://keep.example/heads",
                            .every = Millis(1'000),
                            .waiting_max = 10,
                            .kept_max = 7});
    publisher.start();
    time_.run_for(Millis(99'500));
    EXPECT_EQ(publisher.given_up(), 90u);
    EXPECT_EQ(publisher.heads().size(), 7u);
    EXPECT_EQ(written(journal::heads_path(data_)).size(), 100u);
}

TEST_F(Heads, AreSignedAsWebhooksAre) {
    auto signer =
        WebhookSigner::create({Secret<std::string>("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")});
    ASSERT_TRUE(signer);
    open({.url = "https://keep.example/heads", .signer = *signer}).start();
    time_.run_for(Millis(1'000));
    ASSERT_EQ(sent_.size(), 1u);
    std::map<std::string, std::string> headers;
    for (const auto& header : sent_[0].headers) headers[header.name] = header.value;
    EXPECT_EQ(headers["webhook-signature"],
              signer->sign(headers["webhook-id"], headers["webhook-timestamp"], sent_[0].body));
    EXPECT_EQ(headers["webhook-id"].find("head:3:"), 0u);
}

TEST_F(Heads, OfBeforeARestartAreStillThereAndAFileThatCannotBeWrittenStopsNothing) {
    open({.file = root_ + "/no/such/folder"}).start();
    time_.run();
    const auto first = publisher_->heads();
    ASSERT_EQ(first.size(), 1u);
    publisher_.reset();
    EXPECT_EQ(open({}).heads(), first);
    EXPECT_EQ(publisher_->key().id(), first[0].key_id);
}

}  // namespace lifeline::orchestration
