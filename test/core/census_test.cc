// Who answers, and how a server that may have lost sessions gets them back.
#include "topology/census.h"

#include <gtest/gtest.h>

namespace connect_hiredis::test {
namespace {

constexpr Servers kServerA = ServerBit(0);
constexpr Servers kServerB = ServerBit(1);
constexpr Servers kServerC = ServerBit(2);
constexpr Servers kAllServers = kServerA | kServerB | kServerC;

void ExpectDeciders(const Census& census, Servers deciding, Servers vouching) {
  const Deciders found = DecidersIn(census);
  EXPECT_EQ(found.deciding, deciding);
  EXPECT_EQ(found.vouching, vouching);
}

void ExpectLesson(const Lesson& lesson, Course course, Servers teachers) {
  EXPECT_EQ(lesson.course, course);
  EXPECT_EQ(lesson.teachers, teachers);
}

TEST(DecidersTest, AllThatAreTrusted) {
  ExpectDeciders({.trusted = kServerA | kServerC, .settling = kServerB, .intact = kAllServers},
                 kServerA | kServerC, kServerA | kServerC);
}

TEST(DecidersTest, ASilentOneIsNotAskedWhereThereIsAnother) {
  ExpectDeciders({.trusted = kAllServers, .silent = kServerA, .intact = kAllServers},
                 kServerB | kServerC, kServerB | kServerC);
  ExpectDeciders(
      {.trusted = kServerA, .settling = kServerB, .silent = kServerA, .intact = kAllServers},
      kServerA, kServerA);
}

TEST(DecidersTest, OneThatMayHaveLostSessionsIsAskedButDoesNotVouch) {
  ExpectDeciders({.trusted = kAllServers, .intact = kServerB}, kAllServers, kServerB);
}

TEST(DecidersTest, OneThatHasLostNothingIsWaitedForThoughItIsSilent) {
  ExpectDeciders({.trusted = kServerA | kServerB, .silent = kServerB, .intact = kServerB},
                 kServerA | kServerB, kServerB);
}

TEST(DecidersTest, TheRestVouchWhereNobodyIsIntact) {
  ExpectDeciders({.trusted = kServerA | kServerB}, kServerA | kServerB, kServerA | kServerB);
  ExpectDeciders({.trusted = kServerA | kServerB, .silent = kServerA}, kServerB, kServerB);
}

TEST(DecidersTest, OneThatSettlesAndIsIntactGoesBeforeTheRest) {
  ExpectDeciders(
      {.settling = kServerA | kServerB, .catching_up = kServerC, .intact = kServerB | kServerC},
      kServerB, kServerB);
}

TEST(DecidersTest, AnEmptyOneDoesNotDecideWhileAnIntactOneIsOnItsWay) {
  ExpectDeciders({.settling = kServerA, .catching_up = kServerB, .intact = kServerB}, 0, 0);
  ExpectDeciders({.settling = kServerA, .catching_up = kServerB}, kServerA, kServerA);
}

TEST(DecidersTest, NorWhileAnIntactOneHasBeenLostAMomentAgo) {
  ExpectDeciders({.settling = kServerA, .just_lost = kServerB, .intact = kServerB}, 0, 0);
  ExpectDeciders({.settling = kServerA, .just_lost = kServerB}, kServerA, kServerA);
}

TEST(DecidersTest, ATrustedOneIsBelievedMeanwhileWhenItHasTheSession) {
  ExpectDeciders({.trusted = kServerA, .just_lost = kServerB, .intact = kServerB}, kServerA, 0);
  ExpectDeciders({.trusted = kServerA, .catching_up = kServerB, .intact = kServerB}, kServerA, 0);
  ExpectDeciders({.trusted = kServerA, .intact = kServerB}, kServerA, kServerA);
}

TEST(DecidersTest, NobodyWhereNobodyIs) { ExpectDeciders({.intact = kAllServers}, 0, 0); }

TEST(LessonTest, OneThatHasLostNothingSettles) {
  const Census census{.trusted = kServerA, .settling = kServerB, .intact = kAllServers};
  ExpectLesson(LessonFor(census, kServerB, kServerA), Course::kSettle, kServerA);
}

TEST(LessonTest, OrIsTrustedWhereNobodyKnowsMore) {
  const Census census{.trusted = kServerA, .catching_up = kServerB, .intact = kAllServers};
  ExpectLesson(LessonFor(census, kServerB, 0), Course::kTrust, 0);
}

TEST(LessonTest, OneThatHasLostSessionsIsMadeLikeThoseThatKnowAll) {
  const Census census{
      .trusted = kServerA | kServerB, .settling = kServerC, .intact = kServerA | kServerB};
  ExpectLesson(LessonFor(census, kServerC, kServerA), Course::kMirror, kServerA);
}

// It was away for a moment itself: it has all its sessions, and may not have been told of some.
TEST(LessonTest, AnIntactOneThatMayHaveMissedSomethingIsNoReasonForRemovals) {
  const Census census{.trusted = kServerA, .settling = kServerB, .intact = kServerA};
  ExpectLesson(LessonFor(census, kServerB, 0), Course::kMend, kServerA);
}

TEST(LessonTest, AnEmptyOneIsNoReasonForRemovalsHoweverLongItHasBeenTrusted) {
  const Census intact{.trusted = kServerA, .settling = kServerB, .intact = kServerB};
  ExpectLesson(LessonFor(intact, kServerB, kServerA), Course::kTrust, 0);
  const Census neither{.trusted = kServerA, .settling = kServerB, .intact = kServerC};
  ExpectLesson(LessonFor(neither, kServerB, kServerA), Course::kMend, kServerA);
}

TEST(LessonTest, AnEmptyOneWaitsForAnIntactOneThatIsOnItsWay) {
  ExpectLesson(
      LessonFor({.settling = kServerA, .catching_up = kServerB, .intact = kServerB}, kServerA, 0),
      Course::kWait, 0);
  ExpectLesson(LessonFor({.trusted = kServerC, .settling = kServerA | kServerB, .intact = kServerB},
                         kServerA, kServerC),
               Course::kWait, 0);
}

TEST(LessonTest, AndForOneThatWasLostAMomentAgo) {
  ExpectLesson(
      LessonFor({.settling = kServerA, .just_lost = kServerB, .intact = kServerB}, kServerA, 0),
      Course::kWait, 0);
  ExpectLesson(LessonFor({.settling = kServerA, .just_lost = kServerB}, kServerA, 0),
               Course::kTrust, 0);
}

TEST(LessonTest, WithNobodyWhoHasMoreItIsTrustedAsItIs) {
  ExpectLesson(LessonFor({.settling = kServerA, .intact = kServerB}, kServerA, 0), Course::kTrust,
               0);
}

TEST(FillingTest, FromThoseThatAreIntact) {
  ExpectLesson(FillingFor({.trusted = kAllServers, .intact = kServerC}, kServerA, kServerC),
               Course::kMend, kServerC);
}

TEST(FillingTest, ElseOnceFromEachOfTheRest) {
  ExpectLesson(FillingFor({.trusted = kAllServers}, kServerA, 0), Course::kFill,
               kServerB | kServerC);
  ExpectLesson(FillingFor({.trusted = kAllServers}, kServerA, kServerB), Course::kFill, kServerC);
  ExpectLesson(FillingFor({.trusted = kAllServers}, kServerA, kServerB | kServerC), Course::kWait,
               0);
}

TEST(FillingTest, NotFromOneThatIsSilent) {
  ExpectLesson(
      FillingFor({.trusted = kAllServers, .silent = kServerC, .intact = kServerC}, kServerA, 0),
      Course::kFill, kServerB);
}

TEST(IntactTest, AfterAnIntactOneOrWhenThereIsNone) {
  EXPECT_TRUE(
      IsIntactAfter({.trusted = kServerA | kServerB, .intact = kServerB}, kServerA, kServerB));
  EXPECT_TRUE(IsIntactAfter({.trusted = kServerA | kServerB, .intact = 0}, kServerA, kServerB));
  EXPECT_TRUE(
      IsIntactAfter({.trusted = kServerA | kServerB, .intact = kServerA}, kServerA, kServerB));
}

TEST(IntactTest, NotWhileOneIsAwayThatMayHaveMore) {
  EXPECT_FALSE(
      IsIntactAfter({.trusted = kServerA | kServerB, .intact = kServerC}, kServerA, kServerB));
}

}  // namespace
}  // namespace connect_hiredis::test
