//! What an operator of the console may do: roles, permissions, and the one table that joins them.
//!
//! Invariant: [`Role::may`] reads [`PERMISSIONS`] and nothing else does; whoever asks whether something is allowed asks
//! there.

macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$entry:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$entry])* $variant,)*
        }

        impl $name {
            /// Every one, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stored form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one of a stored form.
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}

texts! {
    /// What an operator is. Later ones may do all that earlier ones may.
    Role {
        /// Looks at what is public of players.
        Viewer = "viewer",
        /// Helps players: sees who they are, ends their sessions, excludes them from tournaments.
        Support = "support",
        /// Runs the place: tournaments and missions; sees what was done by whom.
        Manager = "manager",
        /// Decides who the operators are. Needs a second factor.
        Admin = "admin",
    }
}

texts! {
    /// Something that an operator may be allowed to do.
    Permission {
        /// Find players and see what is public of them.
        ViewPlayers = "view_players",
        /// See who a player is at Telegram and at the platform, and find players by that.
        ViewPersonal = "view_personal",
        /// End the sessions of a player.
        EndSessions = "end_sessions",
        /// See tournaments, drafts included, their boards, and every score of a player.
        ViewTournaments = "view_tournaments",
        /// Exclude players from tournaments and take that back; see why somebody is excluded.
        DisqualifyPlayers = "disqualify_players",
        /// Write tournaments of the console: create, change, publish.
        EditTournaments = "edit_tournaments",
        /// Stop, extend, freeze, thaw, cancel and recompute tournaments, whoever owns them.
        RunTournaments = "run_tournaments",
        /// See missions and what they ask.
        ViewMissions = "view_missions",
        /// Write missions of the console, try them on past activities, stop any mission.
        EditMissions = "edit_missions",
        /// Read the audit log.
        ViewAudit = "view_audit",
        /// See who the operators are.
        ViewOperators = "view_operators",
        /// Invite operators, change their roles, end them.
        ManageOperators = "manage_operators",
    }
}

/// Who may do what: the whole truth about it.
pub const PERMISSIONS: [(Permission, &[Role]); 12] = [
    (Permission::ViewPlayers, &[Role::Viewer, Role::Support, Role::Manager, Role::Admin]),
    (Permission::ViewPersonal, &[Role::Support, Role::Manager, Role::Admin]),
    (Permission::EndSessions, &[Role::Support, Role::Manager, Role::Admin]),
    (Permission::ViewTournaments, &[Role::Viewer, Role::Support, Role::Manager, Role::Admin]),
    (Permission::DisqualifyPlayers, &[Role::Support, Role::Manager, Role::Admin]),
    (Permission::EditTournaments, &[Role::Manager, Role::Admin]),
    (Permission::RunTournaments, &[Role::Manager, Role::Admin]),
    (Permission::ViewMissions, &[Role::Viewer, Role::Support, Role::Manager, Role::Admin]),
    (Permission::EditMissions, &[Role::Manager, Role::Admin]),
    (Permission::ViewAudit, &[Role::Manager, Role::Admin]),
    (Permission::ViewOperators, &[Role::Admin]),
    (Permission::ManageOperators, &[Role::Admin]),
];

impl Role {
    /// Whether the table allows it.
    pub fn may(self, permission: Permission) -> bool {
        PERMISSIONS.iter().any(|(listed, roles)| *listed == permission && roles.contains(&self))
    }

    /// Whether nothing may be done before a second factor was shown.
    pub const fn needs_second_factor(self) -> bool {
        matches!(self, Self::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_stands_in_the_table_once_and_somebody_has_it() {
        for permission in Permission::ALL {
            let rows = PERMISSIONS.iter().filter(|(listed, _)| listed == permission).count();
            assert_eq!(rows, 1, "{permission:?}");
            assert!(Role::Admin.may(*permission), "{permission:?}");
        }
    }

    #[test]
    fn a_later_role_may_do_all_that_an_earlier_one_may() {
        for permission in Permission::ALL {
            let may: Vec<bool> = Role::ALL.iter().map(|role| role.may(*permission)).collect();
            assert!(may.is_sorted(), "{permission:?}: {may:?}");
        }
    }

    #[test]
    fn only_admins_decide_who_the_operators_are_and_they_need_a_second_factor() {
        for role in Role::ALL {
            assert_eq!(role.may(Permission::ManageOperators), *role == Role::Admin);
            assert!(!role.may(Permission::ManageOperators) || role.needs_second_factor());
        }
    }

    #[test]
    fn stored_forms_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_text(role.as_str()), Some(*role));
        }
        for permission in Permission::ALL {
            assert_eq!(Permission::from_text(permission.as_str()), Some(*permission));
        }
        assert_eq!(Role::from_text("root"), None);
    }
}
