// What several servers say to one question.
#include "topology/ballot.h"

#include <bit>

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

using Verdict = Ballot::Verdict;

constexpr Servers kA = ServerBit(0);
constexpr Servers kB = ServerBit(1);
constexpr Servers kC = ServerBit(2);
constexpr Servers kAll = kA | kB | kC;

TEST(BallotTest, OneThatHasItIsEnough) {
  Ballot ballot(kAll, kAll, kAll);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kOpen);
  ballot.SayNo(kA);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kOpen);
  ballot.SayYes(kB);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kYes);
  EXPECT_EQ(ballot.outstanding(), kC);
}

TEST(BallotTest, ThereIsNoneWhenAllHaveSaidSo) {
  Ballot ballot(kAll, kAll, kAll);
  ballot.SayNo(kA);
  ballot.SayNo(kC);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kOpen);
  ballot.SayNo(kB);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kNo);
}

TEST(BallotTest, WhoCannotBeHeardIsNotWaitedFor) {
  Ballot ballot(kAll, kAll, kAll);
  ballot.SayNo(kA);
  ballot.SayNo(kB);
  EXPECT_EQ(ballot.Count(kA | kB), Verdict::kNo);
  // Until it is heard all the same.
  ballot.SayYes(kC);
  EXPECT_EQ(ballot.Count(kA | kB), Verdict::kYes);
}

TEST(BallotTest, WhoDoesNotDecideIsNeitherWaitedForNorBelieved) {
  Ballot ballot(kAll, kA | kB, kA | kB);
  ballot.SayYes(kC);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kOpen);
  ballot.SayNo(kA);
  ballot.SayNo(kB);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kNo);
}

TEST(BallotTest, UnlessAllThatWereToDecideAbstain) {
  Ballot ballot(kAll, kA | kB, kA | kB);
  ballot.Abstain(kA);
  ballot.Abstain(kB);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kOpen);
  ballot.SayYes(kC);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kYes);
}

TEST(BallotTest, OneOpinionOutweighsAbstentions) {
  Ballot ballot(kAll, kAll, kAll);
  ballot.Abstain(kA);
  ballot.Abstain(kB);
  ballot.SayNo(kC);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kNo);
}

TEST(BallotTest, WhoDoesNotVouchIsBelievedOnlyWhenItHasTheSession) {
  Ballot lacking(kA | kB, kA | kB, kB);
  lacking.SayNo(kA);
  EXPECT_EQ(lacking.Count(kAll), Verdict::kOpen);
  lacking.SayNo(kB);
  EXPECT_EQ(lacking.Count(kAll), Verdict::kNo);

  Ballot having(kA | kB, kA | kB, kB);
  having.SayNo(kB);
  EXPECT_EQ(having.Count(kAll), Verdict::kOpen);
  having.SayYes(kA);
  EXPECT_EQ(having.Count(kAll), Verdict::kYes);
}

TEST(BallotTest, ThereIsNoneOnlyIfOneSaysSoThatVouches) {
  Ballot ballot(kAll, kA | kB, kB);
  ballot.SayNo(kA);
  ballot.SayNo(kC);  // does not even decide
  ballot.Abstain(kB);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kFailed);
}

TEST(BallotTest, WhatIsDoneWaitsForAllThatCanBeHeard) {
  Ballot ballot(kAll, kA | kB, kA | kB);
  ballot.SayYes(kA);
  ballot.SayNo(kB);
  EXPECT_EQ(ballot.Count(kAll), Verdict::kYes);
  EXPECT_EQ(ballot.CountAll(kAll), Verdict::kOpen);
  EXPECT_EQ(ballot.CountAll(kA | kB), Verdict::kYes);
  ballot.Abstain(kC);
  EXPECT_EQ(ballot.CountAll(kAll), Verdict::kYes);
}

TEST(BallotTest, TellsWhoSaidWhat) {
  Ballot ballot(kAll, kAll, kAll);
  ballot.SayYes(kA);
  ballot.SayNo(kB);
  EXPECT_EQ(ballot.yes(), kA);
  EXPECT_EQ(ballot.no(), kB);
  EXPECT_EQ(ballot.outstanding(), kC);
}

TEST(BallotTest, WhoIsNotAskedVouchesForNothing) {
  EXPECT_EQ(Ballot(kA | kB, kAll, kB | kC).vouching(), kB);
}

TEST(BallotTest, WhereNobodyIsAskedNobodyCanSay) {
  EXPECT_EQ(Ballot().Count(kAll), Verdict::kFailed);
  EXPECT_EQ(Ballot().CountAll(kAll), Verdict::kFailed);
}

TEST(BallotTest, EachServerIsABitOfItsOwn) {
  Servers all = 0;
  for (std::uint32_t index = 0; index < kMaxServers; ++index) {
    EXPECT_EQ(all & ServerBit(index), 0U) << index;
    all |= ServerBit(index);
  }
  EXPECT_EQ(std::popcount(all), static_cast<int>(kMaxServers));
}

TEST(BallotTest, WithoutAnyOpinionItFails) {
  Ballot ballot(kAll, kAll, kAll);
  for (const Servers server : {kA, kB, kC}) {
    EXPECT_EQ(ballot.Count(kAll), Verdict::kOpen);
    ballot.Abstain(server);
  }
  EXPECT_EQ(ballot.Count(kAll), Verdict::kFailed);
  EXPECT_EQ(ballot.abstained(), kAll);
}

}  // namespace
}  // namespace connect_hiredis::test
