-- What waits to be claimed, however long ago it was offered.
CREATE INDEX rewards_offered ON rewards (user_id, reward_id) WHERE state = 'offered';
