"""General knowledge of what columns are called and what codes mean: the words of no single source."""

GENERAL_HEADERS = {
    "voter_id": "voter id, voter registration number, state voter id, voter number",
    "county_code": "county, county code, county number, county name, parish, locality, locality code",
    "precinct_code": "precinct, precinct code, precinct number",
    "precinct_name": "precinct name, precinct description",
    "congressional_code": "congressional district, us house district, congressional",
    "last_name": "last name",
    "first_name": "first name",
    "middle_name": "middle name",
    "name_suffix": "name suffix, suffix",
    "address_line": "residence address, residence address line 1, residence street address, address 1, street address",
    "city": "residence city, city, municipality",
    "zip_code": "residence zip, zip, zip code, residence zip code",
    "phone": "phone, phone number",
    "birth_year": "birth year, year of birth",
    "birth_date": "date of birth, birth date",
    "gender_code": "gender, sex",
    "race_code": "race, race code",
    "party_code": "party, party code, party affiliation, political party",
    "status_code": "status, voter status, status code, voter status code",
    "registration_date": "registration date, date of registration, registration, original registration date, "
    "effective date of registration",
    "is_confidential": "confidential, confidential flag, protected",
    "": "mail address, mail city, mail zip, zip 4, zip plus, last vote date, status reason, original party, email, "
    "previous name, previous address, previous county, state, ward, school district, state senate, state house",
}
"""How such columns are mostly called, by general knowledge; no source's own names."""

VOTE_WORDS = {
    "election_date": "election date, date",
    "election_type": "election type, election code, election description, election name, election",
    "method_code": "vote method, ballot type, method, how vote, ballot style, absentee",
    "ballot_party_code": "party, party vote, vote party, election party, primary type",
    "county_code": "county, county code, vote county",
}
"""How columns of a vote are mostly called, by general knowledge."""


GENERAL_CODES = {
    "status_code": {
        "active": "A ACT ACTIVE", "inactive": "I INA INAC INACT INACTIVE", "pending": "P PEND PENDING PRE PREREG",
        "removed": "C R CANCELLED CANCELED REMOVED PURGED", "denied": "D DENIED REJECTED",
    },
    "party_code": {
        "democratic": "D DEM DEMOCRAT DEMOCRATIC", "republican": "R REP REPUBLICAN", "green": "G GRE GRN GREEN",
        "libertarian": "L LIB LBT LIBERTARIAN", "other": "O OTH OTHER",
        "none": "U N NP NPA UNA UAF NON NONE UNAFFILIATED NONPARTISAN NOPARTY INDEPENDENT NOPARTYAFFILIATION",
    },
    "gender_code": {"F": "F FEMALE", "M": "M MALE", "": "U X UNKNOWN"},
    "method_code": {
        "mail": "A AB ABS M MB ML VBM MAIL ABSENTEE", "early": "E EV EARLY AI ADV", "provisional": "PROV PV F",
        "election_day": "P IP ED POLL POLLS ATPOLLS R REGULAR PP",
    },
    "election_type": {
        "general": "G GE GN GEN GENERAL", "primary": "P PR PRI PRIM PRIMARY PP PPP PPE", "special": "S SP SPE SPECIAL",
        "runoff": "RO RUN RUNOFF", "municipal": "M MUN MUNI MUNICIPAL",
    },
}  # fmt: skip
"""Codes that mostly mean so, by general knowledge; what known sources say of a code comes first."""
