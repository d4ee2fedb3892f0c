'use strict';

// The cases that must notice what is wrong with a store; see mutants.js.

module.exports = {
  'finds nothing': ['what a request puts into its session is there for the next one'],
  'stores nothing': ['an explicit save is in the store before the request goes on'],
  'destroys nothing': ['destroy ends the session, and the next request begins a new one'],
  'clears nothing': ['clear removes every session'],
  'fails to get': ['get of a session that is not there gives nothing, and no error'],
  'fails to destroy': ['destroy of a session that is not there is no error'],
  'fails to touch': ['touch of a session that is not there is no error'],
  'touches nothing': [
    'touch renews the expiry that the next get shows',
    'a session that is touched outlives its first expiry',
  ],
  'destroys at touch': ['a request that changes nothing renews the expiry that get shows'],
  'saves at touch': [
    'touch leaves the data alone',
    'touch of a session that is not there makes none',
    'resave: false leaves alone what was saved while a request changed nothing',
    'a request that changes nothing but its cookie leaves what another saved meanwhile',
    'a request that changes nothing but its cookie does not bring back a destroyed session',
  ],
  'touches the expiry alone': [
    'a request that changes maxAge to null, and no data: the requests after the next keep it',
    "a request that changes the cookie's path, and no data: it is kept",
  ],
  'stores a session under one id only': [
    'a session that is stored under a second id before its own first save is there under both',
  ],
  'stores what was loaded only where there is something': [
    'a session that was loaded is stored under another id, too',
    'createSession makes a session of data that was got under another id, which can be saved',
    'createSession makes a session of data that was never stored, which can be saved',
  ],
  'never takes an id again that was destroyed': [
    'regenerate under the same id (genid) begins a session that is stored',
  ],
  'finds a session for every id': ['a visitor whose session is gone gets a new, empty one'],
  'knows one session only': ['two visitors have two sessions'],
  'cuts ids at 1 character': ['id: two ids are never one session'],
  'merges what it stores': ['set replaces the whole session'],
  'stores the session only once': ['reload shows what was saved meanwhile'],
  'stores later than it says': ['an explicit save is in the store before the request goes on'],
  'stores what the session is a little later': [
    'set stores what the session was when it was called',
  ],
  'gives always the same object': ['what one request makes of its copy is not seen by another'],
  'changes the session that it stores': ['set does not change the session that it is given'],
  'ends sessions at once': [
    'cookie option with maxAge a number: the session lives as long, and goes on living by use',
  ],
  'ends no session': [
    'a session of 5 ms is gone after 10 ms',
    'set of a session that has expired removes it',
    'touch of a session that has expired ends it',
  ],
  'loses the expiry': ['the expiry that get shows is the one that was set, to the millisecond'],
  'loses the age': ['a Cookie of express-session, with a maxAge, is kept'],
  'loses the attributes of the cookie': ['every attribute of the cookie comes back'],
  'gives an expiry to sessions without one': [
    'expires null, originalMaxAge null: get gives the session, with this expiry and age',
  ],
  'refuses sessions without an expiry': [
    'cookie option with maxAge null: the session lives as long, and goes on living by use',
  ],
  'keeps sessions half a second too long': [
    'the expiry that get shows is the one that was set, to the millisecond',
    'a session is there until its expiry, and gone at it, to the millisecond',
  ],
  'spoils the data': ['data: a string comes back as JSON has it'],
  'calls back at once': [
    'get calls back once, after it has returned, without an error',
    'set calls back once, after it has returned, without an error',
  ],
  'calls back twice': [
    'get calls back once, after it has returned, without an error',
    'touch calls back once, after it has returned, without an error',
  ],
  'calls back out of context': ['each callback runs in the async context of its call'],
  'needs callbacks': ['set, touch and destroy need no callback'],
  'answers out of order': ['operations of one tick keep their order'],
  'counts nothing': [
    'length tells how many sessions there are',
    'all gives every session, with its data',
  ],
  'counts what has expired': ['a session whose 5 ms are over is neither counted nor given'],
  'hears no events': ['after disconnect, requests are served without a session'],
  'is disconnected for ever': ['after disconnect and connect, they have their session again'],
  'is no Store': ["the store is one of express-session's own kind"],
};
