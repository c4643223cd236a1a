"""Addresses as people write them, and the columns that come of it."""

from pipelines.linking.standard.streets import _abbreviations


def test_houses_streets_and_units(check):
    check("""
        address_line              => house_number | street         | unit
        123 Main Street Apt 4     => 123          | MAIN ST        | 4
        123 MAIN ST #4            => 123          | MAIN ST        | 4
        123 Main St., Unit 4-B    => 123          | MAIN ST        | 4B
        123 main st 4b            => 123          | MAIN ST        | 4B
        123 MAIN ST LOT 7         => 123          | MAIN ST        | 7
        123 MAIN ST BLDG 3 APT 4  => 123          | MAIN ST        | 34
        123 Main St 2nd Floor     => 123          | MAIN ST        | 2
        123 Main St Rear          => 123          | MAIN ST        | REAR
        123 Main St PO Box 9      => 123          | MAIN ST        |
        12 1/2 N. Oak Avenue      => 12 1/2       | N OAK AVE      |
        12-A Elm St               => 12A          | ELM ST         |
        0012 Fifth Avenue N.W.    => 12           | 5TH AVE NW     |
        123-45 67th Ave           => 123-45       | 67TH AVE       |
        500 North St              => 500          | NORTH ST       |
        500 N St                  => 500          | N ST           |
        12 Norman Dr              => 12           | NORMAN DR      |
        12 Ste Genevieve Dr       => 12           | STE GENEVIEVE DR |
        One Lincoln Plaza         => 1            | LINCOLN PLZ    |
        The Oaks                  =>              | THE OAKS       |
        .                         =>              |                |
    """)


def test_boxes_stand_in_for_houses(check):
    check("""
        address_line          => house_number | street
        P.O. Box 123          => 123          | PO BOX
        POB 123               => 123          | PO BOX
        RR 2 BOX 15           => 15           | RR 2
        Rural Route 2, Box 15 => 15           | RR 2
        HC 3 Box 20A          => 20A          | HC 3
    """)


def test_grids_and_highways(check):
    check("""
        address_line         => house_number | street
        123 N 400 W          => 123          | N 400 W
        123 North 400 West   => 123          | N 400 W
        N123W456 Hwy 17      => N123W456     | HWY 17
        N123 W456 Highway 17 => N123W456     | HWY 17
        W1234 County Road X  => W1234        | COUNTY RD X
        100 U.S. 17 North    => 100          | US HWY 17 N
        100 US Highway 17 N  => 100          | US HWY 17 N
        100 NC Hwy 54        => 100          | STATE HWY 54
        100 State Road 54    => 100          | STATE HWY 54
        100 SR 54            => 100          | STATE HWY 54
        100 Route 9          => 100          | HWY 9
        100 Farm to Market Rd 12 => 100      | FM 12
        12 County Road 4     => 12           | COUNTY RD 4
        12 CR 4              => 12           | COUNTY RD 4
    """)


def test_a_city_behind_the_street_goes(check):
    check("""
        address_line                    | city        => house_number | street     | city
        12 Main St Springfield IL 62701 | Springfield => 12           | MAIN ST    | SPRINGFIELD
        12 Main St, Springfield, IL     |             => 12           | MAIN ST    |
        12 St. Louis                    | Louis       => 12           | ST LOUIS   | LOUIS
        12 Elm St                       | Fort Worth, TX => 12        | ELM ST     | FT WORTH
        12 Elm St                       | St. Louis   => 12           | ELM ST     | ST LOUIS
        12 Elm St                       | Saint Louis => 12           | ELM ST     | ST LOUIS
        12 Elm St                       | N Charleston => 12          | ELM ST     | N CHARLESTON
    """)


def test_lines_with_the_number_elsewhere(check):
    check("""
        address_line             => house_number | street  | unit
        Apt 4 123 Main Street    => 123          | MAIN ST | 4
        c/o John Smith 12 Elm St => 12           | ELM ST  |
        KM 12.5 CARR 123         =>              | KM 12 5 CARR 123 |
    """)


def test_zips(check):
    check("""
        zip_code   => zip5
        27601      => 27601
        27601-1234 => 27601
        276011234  => 27601
        2138       => 02138
        2138.0     => 02138
        00000      =>
        K1A 0B1    =>
    """)


def test_an_abbreviation_stands_for_itself():
    shorts = dict(zip(*(_abbreviations()[name].to_pylist() for name in ("word", "short")), strict=True))
    assert [short for short in shorts.values() if shorts.get(short, short) != short] == []


def test_a_standard_street_is_its_own_standard(standardised):
    said = ["NORTH WEST", "N E W ST", "ST ST", "US 17", "I-10", "AVENUE OF THE AMERICAS"]
    once = standardised([{"address_line": f"12 {street}"} for street in said])
    assert standardised([{"address_line": f"12 {record['street']}"} for record in once]) == once
